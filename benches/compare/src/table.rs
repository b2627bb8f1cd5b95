//! The numbers of a run, and the two forms in which people see them: a table, and a comparison with another run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contender::Contender;
use crate::figure::Figure;
use crate::numbers::{Numbers, shown};
use crate::scenario::Seen;

/// One line of the table.
#[derive(Serialize, Deserialize)]
struct Row {
    #[serde(flatten)]
    figure: Figure,
    values: BTreeMap<Contender, Numbers>,
}

/// The table, in the order in which the lines were first seen.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    /// Takes what one contender did.
    pub(crate) fn add(&mut self, contender: Contender, seen: Seen) {
        for (figure, value) in seen {
            let known = self.0.iter().position(|row| row.figure.name == figure.name);
            let index = known.unwrap_or_else(|| {
                self.0.push(Row { figure, values: BTreeMap::new() });
                self.0.len() - 1
            });
            self.0[index].values.entry(contender).or_default().push(value);
        }
    }

    /// As Markdown, with a column for each contender that did anything.
    pub(crate) fn markdown(&self) -> String {
        let took_part = |who: &Contender| self.0.iter().any(|row| row.values.contains_key(who));
        let columns: Vec<Contender> = Contender::ALL.into_iter().filter(took_part).collect();
        let names: Vec<&str> = columns.iter().map(|who| who.name()).collect();
        let mut text = format!(
            "| median | unit | {} | spread | target | met | ours / floor | better than the reference |\n\
             | --- | --- | {}---: | --- | --- | ---: | ---: |\n",
            names.join(" | "),
            "---: | ".repeat(columns.len())
        );
        for row in &self.0 {
            let cells: Vec<String> =
                columns.iter().map(|who| row.median(*who).map_or_else(|| "-".into(), shown)).collect();
            let Figure { name, unit, .. } = &row.figure;
            text += &format!("| {name} | {unit} | {} | {} |\n", cells.join(" | "), row.verdict().join(" | "));
        }
        text
    }

    /// Our numbers beside those of a later run.
    pub(crate) fn compared(&self, later: &Self) -> String {
        let mut text = String::from(
            "| ours, median | unit | before | after | better by | spread |\n| --- | --- | ---: | ---: | ---: | ---: |\n",
        );
        for row in &self.0 {
            let same = later.0.iter().find(|other| other.figure.name == row.figure.name);
            let Some((before, other)) = row.values.get(&Contender::Ours).zip(same) else { continue };
            let Some(after) = other.values.get(&Contender::Ours) else { continue };
            let advantage = row.figure.advantage(after.median(), before.median());
            let cells = [
                shown(before.median()),
                shown(after.median()),
                cell(advantage, " x"),
                cell(Some(before.spread().max(after.spread()) * 100.0), " %"),
            ];
            text += &format!("| {} | {} | {} |\n", row.figure.name, row.figure.unit, cells.join(" | "));
        }
        text
    }

    /// How many targets are met, and how many are not.
    pub(crate) fn score(&self) -> (usize, usize) {
        let verdicts = || self.0.iter().filter_map(Row::is_met);
        (verdicts().filter(|met| *met).count(), verdicts().filter(|met| !met).count())
    }
}

impl Row {
    fn median(&self, who: Contender) -> Option<f64> {
        self.values.get(&who).map(Numbers::median)
    }

    fn is_met(&self) -> Option<bool> {
        self.figure.is_met(self.median(Contender::Ours)?, self.median(Contender::Floor))
    }

    /// The cells behind the numbers.
    fn verdict(&self) -> [String; 5] {
        let [floor, theirs, ours] =
            [Contender::Floor, Contender::Reference, Contender::Ours].map(|who| self.median(who));
        let spread =
            self.values.get(&Contender::Ours).filter(|numbers| numbers.len() > 1).map(Numbers::spread);
        let met = match self.is_met() {
            None => "-",
            Some(true) => "met",
            Some(false) => "**not met**",
        };
        let of_floor = ours.zip(floor).filter(|(_, floor)| *floor > 0.0).map(|(ours, floor)| ours / floor);
        let advantage = ours.zip(theirs).and_then(|(ours, theirs)| self.figure.advantage(ours, theirs));
        [
            cell(spread.map(|spread| spread * 100.0), " %"),
            self.figure.goal(),
            met.to_owned(),
            cell(of_floor, " x"),
            cell(advantage, " x"),
        ]
    }
}

/// A number with what follows it; a dash where there is none.
fn cell(value: Option<f64>, unit: &str) -> String {
    value.filter(|value| value.is_finite()).map_or_else(|| "-".to_owned(), |value| shown(value) + unit)
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::contender::Contender;
    use crate::figure::Figure;

    /// A table of one figure.
    fn table(floor: f64, ours: &[f64]) -> Table {
        let figure = Figure::less("restart", "ms").of_floor(1.5);
        let mut table = Table::default();
        table.add(Contender::Floor, vec![(figure.clone(), floor)]);
        for value in ours {
            table.add(Contender::Ours, vec![(figure.clone(), *value)]);
        }
        table
    }

    #[test]
    fn a_row_says_whether_the_target_is_met() {
        let text = table(2.0, &[3.0]).markdown();
        assert!(
            text.ends_with("| restart | ms | 2.00 | 3.00 | - | <= 1.5 x floor | met | 1.50 x | - |\n"),
            "{text}"
        );
        let text = table(2.0, &[4.0, 4.0, 8.0]).markdown();
        assert!(text.contains("| **not met** | 2.00 x |"), "{text}");
        assert_eq!(table(2.0, &[4.0]).score(), (0, 1));
    }

    #[test]
    fn a_table_survives_the_archive() {
        let before = table(2.0, &[3.0, 5.0]);
        let kept = serde_json::to_string(&before).expect("a table");
        let after: Table = serde_json::from_str(&kept).expect("the same table");
        assert_eq!(before.markdown(), after.markdown());
    }

    #[test]
    fn runs_are_compared_by_our_medians() {
        let text = table(2.0, &[3.0]).compared(&table(9.0, &[1.5]));
        assert!(text.ends_with("| restart | ms | 3.00 | 1.50 | 2.00 x | 0 % |\n"), "{text}");
    }
}
