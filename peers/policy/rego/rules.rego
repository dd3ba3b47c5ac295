fired contains @# if calls_hour >= @2

fired contains @# if calls_day >= @3

fired contains @# if calls_week >= @5

fired contains @# if calls_month >= @8

fired contains @# if place_day >= @3

fired contains @# if {
	children
	place_week >= @4
}

fired contains @# if abuse_year >= @1

fired contains @# if abuse_90 >= @3

fired contains @# if {
	hurt
	abuse_year >= @4
}

fired contains @# if hurt_year >= @1

fired contains @# if victims >= @2

fired contains @# if suspect_year >= @3

fired contains @# if suspect_armed >= @1

fired contains @# if stalking_90 >= @2

fired contains @# if strangled >= @1

fired contains @# if {
	abuse_year >= @2
	latest_incident.injury == "serious"
}

fired contains @# if {
	abuse_90 >= @1
	latest_incident.armed
}

fired contains @# if place_incidents >= @3

fired contains @# if dapos_in_force >= @1

fired contains @# if orders >= @2

fired contains @# if {
	threatened_or_hurt
	protecting >= @1
}

fired contains @# if ended >= @1

fired contains @# if breaches_28 >= @1

fired contains @# if breaches_year >= @3

fired contains @# if contact_90 >= @2

fired contains @# if count(followed) >= @1

fired contains @# if {
	breaches_year >= @1
	latest_breach.kind == "attendance"
}

fired contains @# if {
	armed
	call.children >= @1
}

fired contains @# if {
	children
	abuse_90 >= @1
}

fired contains @# if {
	strangled_or_threatened
	call.separated
	abuse_year >= @1
}
