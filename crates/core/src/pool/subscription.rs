//! Sets of event kinds, with every subscription to an abstract kind spelled out.

use std::collections::BTreeSet;

use provost_config::model::EventKind;

/// A set of kinds, one bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u32);

impl Kinds {
    /// The kinds that reach who subscribed to these.
    pub(super) fn subscribed(subscriptions: &BTreeSet<EventKind>) -> Self {
        let reached = |kind: &EventKind| subscriptions.iter().any(|subscription| kind.is_a(*subscription));
        Self(EventKind::all().filter(reached).fold(0, |bits, kind| bits | bit(kind)))
    }

    /// Whether the kind is in the set.
    pub(super) fn contain(self, kind: EventKind) -> bool {
        self.0 & bit(kind) != 0
    }

    /// The kinds of both sets.
    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

fn bit(kind: EventKind) -> u32 {
    1 << (kind as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_bit_of_its_own() {
        assert_eq!(Kinds::subscribed(&[EventKind::Event].into()).0.count_ones(), 27);
        for kind in EventKind::all() {
            for other in EventKind::all() {
                assert_eq!(bit(kind) == bit(other), kind == other, "{kind:?} and {other:?}");
            }
        }
    }

    #[test]
    fn a_subscription_contains_the_kinds_it_stands_for() {
        #[track_caller]
        fn check(subscriptions: &[&str], expect: &[&str]) {
            let named = |name: &&str| EventKind::from_name(name).expect("the test names a kind");
            let kinds = Kinds::subscribed(&subscriptions.iter().map(named).collect());
            let contained: Vec<_> =
                EventKind::all().filter(|kind| kinds.contain(*kind)).map(EventKind::name).collect();
            assert_eq!(contained, expect);
        }
        check(&[], &[]);
        check(&["TICK_5"], &["TICK_5"]);
        check(&["TICK"], &["TICK", "TICK_5", "TICK_60", "TICK_3600"]);
        check(&["TICK", "TICK_60"], &["TICK", "TICK_5", "TICK_60", "TICK_3600"]);
        check(
            &["PROCESS_LOG_STDERR", "PROCESS_GROUP"],
            &["PROCESS_LOG_STDERR", "PROCESS_GROUP", "PROCESS_GROUP_ADDED", "PROCESS_GROUP_REMOVED"],
        );
    }
}
