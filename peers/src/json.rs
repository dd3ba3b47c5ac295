//! The JSON of a case as serde structs, for the parsers that are compared and for the hand-written engines. Texts borrow
//! from the JSON; times are still texts.

use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case<'t> {
    #[serde(borrow)]
    pub call: Call<'t>,
    pub history: History<'t>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call<'t> {
    #[serde(borrow)]
    pub id: Cow<'t, str>,
    #[serde(borrow)]
    pub at: Cow<'t, str>,
    #[serde(borrow)]
    pub caller: Cow<'t, str>,
    #[serde(borrow)]
    pub victim: Cow<'t, str>,
    #[serde(borrow)]
    pub suspect: Cow<'t, str>,
    #[serde(borrow)]
    pub location: Cow<'t, str>,
    pub injury: Injury,
    pub weapons: Vec<Weapon>,
    pub strangulation: bool,
    pub threats: bool,
    pub separated: bool,
    pub children: u32,
    pub given: Grade,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History<'t> {
    #[serde(borrow)]
    pub calls: Vec<Earlier<'t>>,
    #[serde(borrow)]
    pub incidents: Vec<Incident<'t>>,
    #[serde(borrow)]
    pub orders: Vec<Order<'t>>,
    #[serde(borrow)]
    pub breaches: Vec<Breach<'t>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier<'t> {
    #[serde(borrow)]
    pub id: Cow<'t, str>,
    #[serde(borrow)]
    pub at: Cow<'t, str>,
    #[serde(borrow)]
    pub caller: Cow<'t, str>,
    #[serde(borrow)]
    pub location: Cow<'t, str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident<'t> {
    #[serde(borrow)]
    pub id: Cow<'t, str>,
    #[serde(borrow)]
    pub at: Cow<'t, str>,
    pub kind: IncidentKind,
    #[serde(borrow)]
    pub victim: Cow<'t, str>,
    #[serde(borrow)]
    pub suspect: Cow<'t, str>,
    #[serde(borrow)]
    pub location: Cow<'t, str>,
    pub injury: Injury,
    pub armed: bool,
    pub strangulation: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order<'t> {
    #[serde(borrow)]
    pub id: Cow<'t, str>,
    #[serde(borrow)]
    pub at: Cow<'t, str>,
    pub kind: OrderKind,
    #[serde(borrow)]
    pub respondent: Cow<'t, str>,
    #[serde(borrow)]
    pub protected: Cow<'t, str>,
    #[serde(borrow)]
    pub starts: Cow<'t, str>,
    /// A time, or `none`.
    #[serde(borrow)]
    pub expires: Cow<'t, str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breach<'t> {
    #[serde(borrow)]
    pub id: Cow<'t, str>,
    #[serde(borrow)]
    pub at: Cow<'t, str>,
    #[serde(borrow)]
    pub order: Cow<'t, str>,
    pub kind: BreachKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Injury {
    Uninjured,
    Minor,
    Serious,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weapon {
    Knife,
    Firearm,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    Resolved,
    Scheduled,
    Priority,
    Immediate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentKind {
    DomesticAbuse,
    Stalking,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum OrderKind {
    #[serde(rename = "DAPN")]
    Dapn,
    #[serde(rename = "DAPO")]
    Dapo,
    #[serde(rename = "non-molestation")]
    NonMolestation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreachKind {
    Contact,
    Attendance,
    Tag,
    Other,
}
