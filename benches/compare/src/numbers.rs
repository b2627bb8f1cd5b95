//! What is made of many measurements.

use serde::{Deserialize, Serialize};

/// Measurements of one thing, in the order in which they were made.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Numbers(Vec<f64>);

impl Numbers {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The value that this share (0 to 1) of all does not exceed; NaN without any.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index of a short list"
        )]
        let index = (share * number(last as u64)).round() as usize;
        sorted.get(index).copied().unwrap_or(f64::NAN)
    }

    /// The middle one.
    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Half the distance between the quartiles, as a share of the median: how much to trust it.
    pub(crate) fn spread(&self) -> f64 {
        (self.quantile(0.75) - self.quantile(0.25)) / 2.0 / self.median()
    }
}

/// Nanoseconds as milliseconds.
pub(crate) fn milliseconds(nanoseconds: i64) -> f64 {
    number(nanoseconds.unsigned_abs()) / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are far below 2^52")]
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}

/// A number with three digits that count.
pub(crate) fn shown(value: f64) -> String {
    match value {
        value if !value.is_finite() => "-".to_owned(),
        value if value >= 99.95 => format!("{value:.0}"),
        value if value >= 9.995 => format!("{value:.1}"),
        0.0 => "0".to_owned(),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Numbers, shown};

    #[test]
    fn three_digits_count() {
        let texts = [0.0, 0.123, 9.994, 9.996, 12.34, 99.94, 99.96, 1234.5, f64::NAN].map(shown);
        assert_eq!(texts, ["0", "0.12", "9.99", "10.0", "12.3", "99.9", "100", "1234", "-"]);
    }

    #[track_caller]
    fn check(values: &[f64], share: f64, expect: f64) {
        assert_eq!(Numbers(values.to_vec()).quantile(share).to_bits(), expect.to_bits());
    }

    #[test]
    fn quantiles() {
        check(&[3.0, 1.0, 2.0], 0.5, 2.0);
        check(&[3.0, 1.0, 2.0], 0.0, 1.0);
        check(&[3.0, 1.0, 2.0], 1.0, 3.0);
        check(&[5.0], 0.99, 5.0);
        check(&[4.0, 1.0, 2.0, 3.0], 0.99, 4.0);
    }

    #[test]
    fn spread_is_relative() {
        let numbers = Numbers(vec![9.0, 10.0, 11.0]);
        assert!((numbers.spread() - 0.05).abs() < 1e-9, "{}", numbers.spread());
    }
}
