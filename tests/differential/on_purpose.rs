//! Differences that are there on purpose, and what they come to.
//!
//! Most are stated as an amendment of the reference: `oracle/amendments.py` knows how to make the reference behave as if it
//! had been changed too, and everything else must still agree. Where that cannot be done, a predicate says
//! which pairs of answers are meant. Each row has a witness, a case in which exactly this difference shows; so no
//! row can outlive the difference it excuses.

mod table;

pub(crate) use table::TABLE;

use crate::answer::Answer;
use crate::case::{About, Case, File, MAIN};
use crate::stage::Stage;

/// One difference.
pub(crate) struct Difference {
    /// A few words; of an amendment, its name in `oracle/amendments.py`.
    pub(crate) name: &'static str,
    /// Why it is there.
    pub(crate) why: &'static str,
    pub(crate) how: How,
    pub(crate) witness: Witness,
}

/// How it is recognised.
pub(crate) enum How {
    /// The reference, amended, agrees.
    Amended,
    /// The answers, the reference's first, are such a pair.
    Seen(fn(&Answer, &Answer) -> bool),
}

/// A case in short.
pub(crate) enum Witness {
    /// A daemon's configuration.
    Daemon(&'static str),
    /// A client's configuration.
    Client(&'static str),
    /// A command line, with an empty configuration in its place.
    Line(About, &'static [&'static str]),
    /// A configuration, and what it is changed into.
    Reread(&'static str, &'static str),
}

impl Witness {
    pub(crate) fn case(&self) -> Case {
        let in_main = |text: &str| vec![File::new(MAIN, text)];
        match self {
            Self::Daemon(text) => Case::daemon(in_main(text)),
            Self::Client(text) => Case { about: About::Client, ..Case::daemon(in_main(text)) },
            Self::Line(about, words) => Case {
                about: *about,
                arguments: words.iter().map(|word| (*word).to_owned()).collect(),
                ..Case::daemon(in_main("[supervisord]\n[supervisorctl]\n"))
            },
            Self::Reread(text, later) => Case { later: Some(in_main(later)), ..Case::daemon(in_main(text)) },
        }
    }
}

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// The same answers.
    Agree { accepted: bool },
    /// Other answers, because of these rows.
    OnPurpose(Vec<&'static str>),
    /// Other answers, and nobody knows why: the reference's (amended) and ours.
    Differ(Box<(Answer, Answer)>),
}

/// Puts a case to both sides.
pub(crate) fn judge(stage: &mut Stage, case: &Case) -> Verdict {
    let ours = stage.ours(case);
    let (reference, _) = stage.reference(case, &[]);
    if reference == ours {
        return Verdict::Agree { accepted: matches!(ours, Answer::Settings(_)) };
    }
    let amendments: Vec<&str> =
        TABLE.iter().filter(|row| matches!(row.how, How::Amended)).map(|row| row.name).collect();
    let (amended, fired) = stage.reference(case, &amendments);
    let mut names: Vec<&'static str> =
        TABLE.iter().map(|row| row.name).filter(|name| fired.iter().any(|fired| fired == name)).collect();
    if amended == ours {
        return Verdict::OnPurpose(names);
    }
    let seen = TABLE.iter().find(|row| matches!(row.how, How::Seen(is_meant) if is_meant(&amended, &ours)));
    match seen {
        Some(row) => {
            names.push(row.name);
            Verdict::OnPurpose(names)
        }
        None => Verdict::Differ(Box::new((amended, ours))),
    }
}
