//! What the command line asks for.

use crate::contender::Contender;
use crate::scenario::{self, Effort, Scenario};

/// How often everything is measured unless the command line says otherwise.
const ROUNDS: usize = 3;

/// One of the things that can be done.
pub(crate) enum Order {
    /// Tell what can be done.
    Help,
    /// A run.
    Measure(Measurement),
    /// Two kept runs beside each other.
    Compare(String, String),
    /// The table of a kept run goes into the documentation.
    Publish(String),
}

/// A run.
pub(crate) struct Measurement {
    pub(crate) effort: Effort,
    pub(crate) rounds: usize,
    /// Who takes part, where they can.
    pub(crate) contenders: Vec<Contender>,
    pub(crate) scenarios: Vec<&'static Scenario>,
    /// The name under which it is kept.
    pub(crate) keep: Option<String>,
}

impl Order {
    /// Reads the command line; an error is a complaint for people.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["--help"] => Ok(Self::Help),
            ["--compare", before, after] => Ok(Self::Compare((*before).to_owned(), (*after).to_owned())),
            ["--publish", name] => Ok(Self::Publish((*name).to_owned())),
            words => Measurement::parse(words).map(Self::Measure),
        }
    }
}

impl Measurement {
    fn parse(words: &[&str]) -> Result<Self, String> {
        let mut all = Self {
            effort: Effort::Full,
            rounds: ROUNDS,
            contenders: Contender::ALL.into_iter().filter(|who| !who.is_peer()).collect(),
            scenarios: Vec::new(),
            keep: None,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => (all.effort, all.rounds) = (Effort::Quick, 1),
                "--peers" => all.contenders = Contender::ALL.to_vec(),
                "--only" => all.contenders = contenders(words.next().copied().unwrap_or_default())?,
                "--rounds" => {
                    let count = words.next().and_then(|count| count.parse().ok());
                    all.rounds = count.ok_or("--rounds wants a number")?;
                }
                "--keep" => all.keep = Some((*words.next().ok_or("--keep wants a name")?).to_owned()),
                name => {
                    let known = scenario::ALL.iter().find(|scenario| scenario.name == name);
                    all.scenarios.push(known.ok_or_else(|| format!("{name} is no scenario and no option"))?);
                }
            }
        }
        if all.scenarios.is_empty() {
            all.scenarios.extend(scenario::ALL);
        }
        Ok(all)
    }
}

/// Contenders by their names, with commas between them.
fn contenders(names: &str) -> Result<Vec<Contender>, String> {
    let named = |name| Contender::ALL.into_iter().find(|who| who.name() == name);
    names
        .split(',')
        .map(|name| named(name).ok_or_else(|| format!("--only {name}: nobody has this name")))
        .collect()
}

/// What can be asked for.
#[must_use]
pub fn usage() -> String {
    let names: Vec<&str> = Contender::ALL.iter().map(|who| who.name()).collect();
    let mut text = format!(
        "usage: cargo xtask bench [OPTION]... [SCENARIO]...\n\
         \x20      cargo xtask bench --compare BEFORE AFTER    two kept runs beside each other\n\
         \x20      cargo xtask bench --publish NAME            put the table of a kept run into docs/benchmarks.md\n\n\
         options:\n\
         \x20 --quick        less of everything, and one round: less than a minute for each scenario\n\
         \x20 --rounds N     how often everything is measured; {ROUNDS} unless it is quick\n\
         \x20 --peers        other supervisors as well, where they are installed and can do it\n\
         \x20 --only A,B     only these of {}\n\
         \x20 --keep NAME    keep the run as benches/runs/NAME.json\n\n\
         scenarios, all unless some are named:\n",
        names.join(", ")
    );
    for Scenario { name, purpose, .. } in scenario::ALL {
        text += &format!("  {name:<14} {purpose}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Order;

    #[track_caller]
    fn check(words: &str, expect: &str) {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let text = match Order::parse(&words) {
            Err(complaint) => complaint,
            Ok(Order::Help) => "help".to_owned(),
            Ok(Order::Compare(before, after)) => format!("compare {before} {after}"),
            Ok(Order::Publish(name)) => format!("publish {name}"),
            Ok(Order::Measure(order)) => {
                let names: Vec<_> = order.scenarios.iter().map(|scenario| scenario.name).take(2).collect();
                let who: Vec<_> = order.contenders.iter().map(|who| who.name()).collect();
                format!("{:?} {} {} {:?} {names:?}", order.effort, order.rounds, who.join(","), order.keep)
            }
        };
        assert_eq!(text, expect);
    }

    #[test]
    fn command_lines() {
        check("", r#"Full 3 floor,reference,ours None ["start", "restart"]"#);
        check("--quick size", r#"Quick 1 floor,reference,ours None ["size"]"#);
        check("--quick --rounds 2 --keep x log", r#"Quick 2 floor,reference,ours Some("x") ["log"]"#);
        check("--peers log", r#"Full 3 floor,reference,ours,s6,runit,circus,pm2 None ["log"]"#);
        check("--only ours,floor log", r#"Full 3 ours,floor None ["log"]"#);
        check("--only me", "--only me: nobody has this name");
        check("--help", "help");
        check("--compare a b", "compare a b");
        check("--publish a", "publish a");
        check("--compare a", "--compare is no scenario and no option");
        check("--rounds many", "--rounds wants a number");
        check("sise", "sise is no scenario and no option");
    }
}
