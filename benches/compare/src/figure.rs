//! A figure: what a number says, which way is better, and what it has to be.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::numbers::shown;

/// Which numbers are the better ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Better {
    /// Times, sizes, losses.
    Less,
    /// Rates.
    More,
}

/// What our number has to be: not worse than that.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// Shown for the sake of completeness.
    None,
    /// A number in the figure's unit.
    Within(f64),
    /// So many times the number of the floor in the same run.
    OfFloor(f64),
}

/// The head of a line of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) name: Cow<'static, str>,
    pub(crate) unit: Cow<'static, str>,
    pub(crate) better: Better,
    pub(crate) target: Target,
}

impl Figure {
    /// Something of which less is better; no target yet.
    pub(crate) const fn less(name: &'static str, unit: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            unit: Cow::Borrowed(unit),
            better: Better::Less,
            target: Target::None,
        }
    }

    /// Something of which more is better; no target yet.
    pub(crate) const fn more(name: &'static str, unit: &'static str) -> Self {
        let mut figure = Self::less(name, unit);
        figure.better = Better::More;
        figure
    }

    /// The same with a target in its unit.
    pub(crate) const fn within(mut self, limit: f64) -> Self {
        self.target = Target::Within(limit);
        self
    }

    /// The same with the floor of the same run as the measure.
    pub(crate) const fn of_floor(mut self, times: f64) -> Self {
        self.target = Target::OfFloor(times);
        self
    }

    /// The same for so many programs.
    pub(crate) fn at(&self, programs: usize) -> Self {
        Self { name: format!("{}, {programs} programs", self.name).into(), ..self.clone() }
    }

    /// The worst number that is good enough; `None` without a target, or when the floor is not known.
    fn limit(&self, floor: Option<f64>) -> Option<f64> {
        match self.target {
            Target::None => None,
            Target::Within(limit) => Some(limit),
            Target::OfFloor(times) => floor.map(|floor| floor * times),
        }
    }

    /// Whether `ours` is good enough, if that can be told.
    pub(crate) fn is_met(&self, ours: f64, floor: Option<f64>) -> Option<bool> {
        let limit = self.limit(floor)?;
        Some(match self.better {
            Better::Less => ours <= limit,
            Better::More => ours >= limit,
        })
    }

    /// How many times better `ours` is than `theirs`; `None` where that is no number.
    pub(crate) fn advantage(&self, ours: f64, theirs: f64) -> Option<f64> {
        let (above, below) = match self.better {
            Better::Less => (theirs, ours),
            Better::More => (ours, theirs),
        };
        (above.is_finite() && below > 0.0).then(|| above / below)
    }

    /// The target as one reads it, such as `<= 1.3 x floor`.
    pub(crate) fn goal(&self) -> String {
        let sign = match self.better {
            Better::Less => "<=",
            Better::More => ">=",
        };
        match self.target {
            Target::None => "-".to_owned(),
            Target::Within(limit) => format!("{sign} {}", shown(limit)),
            Target::OfFloor(times) => format!("{sign} {times} x floor"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Figure;

    const TIME: Figure = Figure::less("time", "ms");
    const RATE: Figure = Figure::more("rate", "1/s");

    #[track_caller]
    fn check(figure: &Figure, ours: f64, floor: Option<f64>, expect: Option<bool>) {
        assert_eq!(figure.is_met(ours, floor), expect, "{figure:?} {ours} {floor:?}");
    }

    #[test]
    fn a_target_is_met_or_not_or_not_known() {
        check(&TIME, 1.0, Some(1.0), None);
        check(&TIME.within(2.0), 2.0, None, Some(true));
        check(&TIME.within(2.0), 2.1, None, Some(false));
        check(&RATE.within(2.0), 2.1, None, Some(true));
        check(&RATE.within(2.0), 1.9, None, Some(false));
        check(&TIME.of_floor(1.5), 3.0, Some(2.0), Some(true));
        check(&TIME.of_floor(1.5), 3.1, Some(2.0), Some(false));
        check(&RATE.of_floor(0.9), 1.7, Some(2.0), Some(false));
        check(&TIME.of_floor(1.5), 3.0, None, None);
        check(&TIME.within(0.0), 0.0, None, Some(true));
    }

    #[test]
    fn the_better_one_has_the_advantage() {
        assert_eq!(TIME.advantage(1.0, 3.0), Some(3.0));
        assert_eq!(RATE.advantage(3.0, 1.0), Some(3.0));
        assert_eq!(TIME.advantage(0.0, 3.0), None);
    }

    #[test]
    fn goals_are_written_as_one_reads_them() {
        assert_eq!(TIME.goal(), "-");
        assert_eq!(TIME.within(4.0).goal(), "<= 4.00");
        assert_eq!(RATE.of_floor(0.9).goal(), ">= 0.9 x floor");
        assert_eq!(TIME.at(10).name, "time, 10 programs");
    }
}
