package peers

call := input.call
history := input.history

# The spans as seconds since 1970, each worked out once for a call.
hour := call.at - 3600
day := call.at - 86400
week := call.at - 604800
days28 := call.at - 2419200
days30 := call.at - 2592000
days90 := call.at - 7776000
year := call.at - 31536000
two_years := call.at - 63072000

by_caller := [c.at | some c in history.calls; c.caller == call.caller]
at_place := [c.at | some c in history.calls; c.location == call.location]

calls_hour := 1 + count([at | some at in by_caller; at >= hour])
calls_day := 1 + count([at | some at in by_caller; at >= day])
calls_week := 1 + count([at | some at in by_caller; at >= week])
calls_month := 1 + count([at | some at in by_caller; at >= days30])
place_day := 1 + count([at | some at in at_place; at >= day])
place_week := 1 + count([at | some at in at_place; at >= week])

about_victim := [i | some i in history.incidents; i.victim == call.victim]
by_suspect := [i | some i in history.incidents; i.suspect == call.suspect]

abuse_90 := count([1 | some i in about_victim; i.kind == "domestic-abuse"; i.at >= days90])
abuse_year := count([1 | some i in about_victim; i.kind == "domestic-abuse"; i.at >= year])
hurt_year := count([1 | some i in about_victim; i.kind == "domestic-abuse"; i.injury == "serious"; i.at >= year])
stalking_90 := count([1 | some i in about_victim; i.kind == "stalking"; i.at >= days90])
strangled := count([1 | some i in about_victim; i.strangulation; i.at >= two_years])
suspect_year := count([1 | some i in by_suspect; i.kind == "domestic-abuse"; i.at >= year])
suspect_armed := count([1 | some i in by_suspect; i.armed; i.at >= year])
victims := count({i.victim | some i in by_suspect; i.kind == "domestic-abuse"; i.at >= two_years})
place_incidents := count([1 | some i in history.incidents; i.location == call.location; i.at >= days30])

latest_incident_at := max([i.at | some i in about_victim])
latest_incident := i if {
	some i in about_victim
	i.at == latest_incident_at
}

bound := [o | some o in history.orders; o.respondent == call.suspect]
has_end(o) if o.expires != null
is_over(o) if {
	has_end(o)
	o.expires <= call.at
}
in_force := [o | some o in bound; o.starts <= call.at; not is_over(o)]

dapos_in_force := count([1 | some o in in_force; o.kind == "DAPO"])
orders := count(in_force)
protecting := count([1 | some o in in_force; o.protected == call.victim])
ended := count([1 | some o in bound; is_over(o); o.expires >= days30])

bound_ids := {o.id | some o in bound}
dapo_ids := {o.id | some o in bound; o.kind == "DAPO"}
dapo_breaches := [b | some b in history.breaches; b.order in dapo_ids]

breaches_28 := count([1 | some b in dapo_breaches; b.at >= days28])
breaches_year := count([1 | some b in dapo_breaches; b.at >= year])
contact_90 := count([1 | some b in history.breaches; b.kind == "contact"; b.at >= days90; b.order in bound_ids])

followed contains b.id if {
	some b in dapo_breaches
	b.at >= days90
	b.at >= week
}
followed contains b.id if {
	some b in dapo_breaches
	b.at >= days90
	some at in by_caller
	at >= b.at
	at <= b.at + 604800
}

latest_breach_at := max([b.at | some b in dapo_breaches])
latest_breach := b if {
	some b in dapo_breaches
	b.at == latest_breach_at
}

hurt if call.injury in {"minor", "serious"}
threatened_or_hurt if call.threats
threatened_or_hurt if hurt
strangled_or_threatened if call.strangulation
strangled_or_threatened if call.threats
armed if "knife" in call.weapons
armed if "firearm" in call.weapons
children if call.children >= 1

