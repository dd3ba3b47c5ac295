//! What a Parquet file says of the values of a column -> how each is written as a text, with all its digits.

use super::column::Cell;
use heedful::time::{Instant, Zone};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Stored};
use parquet::data_type::Int96;
use parquet::schema::types::ColumnDescriptor;

/// What is said of bytes that are meant as something else than text.
const NO_TEXT: &str = "holds bytes, which are no text";
const NO_TIME: &str = "holds a time that no calendar has";
const TOO_LONG: &str = "holds a number of more than 38 digits";

/// What the values of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// A text, or what is stored as it is meant.
    Plain {
        is_number: bool,
    },
    Unsigned,
    /// With so many digits after the point.
    Decimal(usize),
    Date,
    /// The time of a day.
    Clock(Parts),
    /// A moment, or a clock time on a day that each reader takes for its own zone's.
    Moment {
        parts: Parts,
        is_utc: bool,
    },
    Uuid,
    /// Bytes that are no text.
    Bytes,
}

/// Of what part of a second a time counts, by the digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts(u32);

impl Parts {
    fn of(unit: TimeUnit) -> Self {
        match unit {
            TimeUnit::MILLIS => Self(3),
            TimeUnit::MICROS => Self(6),
            TimeUnit::NANOS => Self(9),
        }
    }

    fn in_a_second(self) -> i64 {
        10_i64.pow(self.0)
    }

    /// The digits of a fraction, with the point; nothing where it is nought, so that equal times are written alike.
    fn fraction(self, count: i64) -> String {
        let places = usize::try_from(self.0).unwrap_or(0);
        let digits = format!(".{:0places$}", count.rem_euclid(self.in_a_second()));
        digits.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl ColumnKind {
    pub(super) fn of(described: &ColumnDescriptor) -> Self {
        let stored = described.physical_type();
        let scale = || usize::try_from(described.type_scale()).unwrap_or(0);
        // Files of older writers say only the second of the two.
        match (described.logical_type_ref(), described.converted_type()) {
            (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => Self::Decimal(scale()),
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Self::Date,
            (Some(LogicalType::Time(time)), _) => Self::Clock(Parts::of(time.unit)),
            (None, ConvertedType::TIME_MILLIS) => Self::Clock(Parts(3)),
            (None, ConvertedType::TIME_MICROS) => Self::Clock(Parts(6)),
            (Some(LogicalType::Timestamp(time)), _) => {
                Self::Moment { parts: Parts::of(time.unit), is_utc: time.is_adjusted_to_u_t_c }
            }
            (None, ConvertedType::TIMESTAMP_MILLIS) => Self::Moment { parts: Parts(3), is_utc: true },
            (None, ConvertedType::TIMESTAMP_MICROS) => Self::Moment { parts: Parts(6), is_utc: true },
            (Some(LogicalType::Integer(int)), _) if !int.is_signed => Self::Unsigned,
            (
                None,
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64,
            ) => Self::Unsigned,
            (Some(LogicalType::Uuid), _) => Self::Uuid,
            (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), _) => Self::Plain { is_number: false },
            // Many writers do not say that their texts are texts.
            (None, ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON)
                if stored == Stored::BYTE_ARRAY =>
            {
                Self::Plain { is_number: false }
            }
            _ => match stored {
                // The time of older writers, of which some mean UTC and others a clock: the mapping says which by its zone.
                Stored::INT96 => Self::Moment { parts: Parts(9), is_utc: false },
                Stored::BYTE_ARRAY | Stored::FIXED_LEN_BYTE_ARRAY => Self::Bytes,
                _ => Self::Plain { is_number: true },
            },
        }
    }

    pub(super) fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Moment { .. })
    }

    /// Whether JSON writes it without quotation marks.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Plain { is_number: true } | Self::Unsigned | Self::Decimal(_))
    }

    pub(super) fn of_int32(self, value: i32) -> Cell {
        match self {
            Self::Unsigned => Ok(Some(value.cast_unsigned().to_string())),
            Self::Date => date(value),
            _ => self.of_int64(i64::from(value)),
        }
    }

    pub(super) fn of_int64(self, value: i64) -> Cell {
        match self {
            Self::Unsigned => Ok(Some(value.cast_unsigned().to_string())),
            Self::Decimal(scale) => Ok(Some(decimal(i128::from(value), scale))),
            Self::Clock(parts) => {
                let seconds = value.div_euclid(parts.in_a_second());
                let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
                Ok(Some(format!("{hour:02}:{minute:02}:{second:02}{}", parts.fraction(value))))
            }
            Self::Moment { parts, is_utc } => {
                moment(value.div_euclid(parts.in_a_second()), &parts.fraction(value), is_utc)
            }
            _ => Ok(Some(value.to_string())),
        }
    }

    pub(super) fn of_int96(self, value: &Int96) -> Cell {
        let Self::Moment { parts, is_utc } = self else { return Err(NO_TIME) };
        let [low, high, _] = value.data() else { return Err(NO_TIME) };
        let of_day = i64::from(*high).wrapping_shl(32) | i64::from(*low);
        moment(value.to_seconds(), &parts.fraction(of_day), is_utc)
    }

    pub(super) fn of_bytes(self, bytes: &[u8]) -> Cell {
        match self {
            Self::Decimal(scale) => big_endian(bytes).map(|value| Some(decimal(value, scale))).ok_or(TOO_LONG),
            Self::Uuid => Ok(Some(uuid(bytes))),
            Self::Plain { .. } => std::str::from_utf8(bytes).map(|text| Some(text.to_owned())).map_err(|_| NO_TEXT),
            _ => Err(NO_TEXT),
        }
    }
}

/// `2026-03-01T12:00:00` of a second in UTC.
fn clock_time(second: i64) -> Result<String, &'static str> {
    if !(Instant::MIN.0..=Instant::MAX.0).contains(&second) {
        return Err(NO_TIME);
    }
    let text = Zone::utc().format(Instant(second));
    text.strip_suffix("+00:00").map(str::to_owned).ok_or(NO_TIME)
}

fn moment(second: i64, fraction: &str, is_utc: bool) -> Cell {
    let clock = clock_time(second)?;
    Ok(Some(format!("{clock}{fraction}{}", if is_utc { "Z" } else { "" })))
}

fn date(days: i32) -> Cell {
    let text = clock_time(i64::from(days) * 86_400)?;
    text.split_once('T').map(|(day, _)| Some(day.to_owned())).ok_or(NO_TIME)
}

fn decimal(value: i128, scale: usize) -> String {
    let digits = format!("{:0places$}", value.unsigned_abs(), places = scale + 1);
    let (whole, part) = digits.split_at_checked(digits.len() - scale).unwrap_or((&digits, ""));
    let sign = if value < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// A number in two's complement, its highest byte first.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let is_negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let filler = if is_negative { 0xff } else { 0 };
    // More bytes than fit are no loss as long as they only say the sign.
    let excess = bytes.len().saturating_sub(16);
    let (over, rest) = bytes.split_at_checked(excess)?;
    let is_negative_in_rest = rest.first().is_some_and(|first| first & 0x80 != 0);
    if !over.is_empty() && (over.iter().any(|byte| *byte != filler) || is_negative_in_rest != is_negative) {
        return None;
    }
    let mut wide = [filler; 16];
    wide.iter_mut().rev().zip(rest.iter().rev()).for_each(|(place, byte)| *place = *byte);
    Some(i128::from_be_bytes(wide))
}

fn uuid(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
