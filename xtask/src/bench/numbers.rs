//! What is made of many measurements.

/// Measurements of one thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers(Vec<f64>);

impl Numbers {
    pub(super) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// Each, in the order they were measured.
    pub(super) fn all(&self) -> &[f64] {
        &self.0
    }

    /// The value that this share (0 to 1) of all does not exceed; NaN without any.
    pub(super) fn quantile(&self, share: f64) -> f64 {
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
    pub(super) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Half the distance between the quartiles, as a share of the median: how much to trust it.
    pub(super) fn spread(&self) -> f64 {
        (self.quantile(0.75) - self.quantile(0.25)) / 2.0 / self.median()
    }
}

/// Nanoseconds as milliseconds.
pub(super) fn milliseconds(nanoseconds: i64) -> f64 {
    number(nanoseconds.unsigned_abs()) / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are far below 2^52")]
pub(super) fn number(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::Numbers;

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
