//! The rows of a snapshot: an ordered list that shares what did not change with the snapshot before it.
//!
//! A new snapshot after each turn must not cost a copy of thousands of rows. So rows stand in blocks of [`BLOCK`]; to
//! replace one copies its block and the list of blocks, nothing else.

use std::iter::FusedIterator;
use std::ops::Index;
use std::sync::Arc;

use crate::status::ProcessStatus;

/// Rows in a block: about as many as there are blocks when there are thousands of rows.
const BLOCK: usize = 64;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// All but the last have [`BLOCK`] rows.
    blocks: Vec<Arc<Vec<Arc<ProcessStatus>>>>,
    len: usize,
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All, in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter { rows: self, next: 0 }
    }

    /// The index of the first row that is not `before`, if all that are stand at the front.
    pub fn partition_point(&self, before: impl Fn(&ProcessStatus) -> bool) -> usize {
        let first_of = |block: &Arc<Vec<Arc<ProcessStatus>>>| before(&block[0]);
        let Some(block) = self.blocks.partition_point(first_of).checked_sub(1) else { return 0 };
        block * BLOCK + self.blocks[block].partition_point(|row| before(row))
    }

    /// Those from that index on.
    pub fn iter_from(&self, index: usize) -> Iter<'_> {
        Iter { rows: self, next: index }
    }

    /// Puts another row where one is.
    ///
    /// # Panics
    /// If there is none.
    pub fn replace(&mut self, index: usize, row: Arc<ProcessStatus>) {
        Arc::make_mut(&mut self.blocks[index / BLOCK])[index % BLOCK] = row;
    }
}

impl Index<usize> for Rows {
    type Output = Arc<ProcessStatus>;

    fn index(&self, index: usize) -> &Self::Output {
        &self.blocks[index / BLOCK][index % BLOCK]
    }
}

impl FromIterator<Arc<ProcessStatus>> for Rows {
    fn from_iter<I: IntoIterator<Item = Arc<ProcessStatus>>>(rows: I) -> Self {
        let rows: Vec<_> = rows.into_iter().collect();
        let blocks = rows.chunks(BLOCK).map(|block| Arc::new(block.to_vec())).collect();
        Self { blocks, len: rows.len() }
    }
}

impl<'a> IntoIterator for &'a Rows {
    type Item = &'a Arc<ProcessStatus>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Rows, one after the other.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    rows: &'a Rows,
    next: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Arc<ProcessStatus>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.blocks.get(self.next / BLOCK)?.get(self.next % BLOCK)?;
        self.next += 1;
        Some(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.rows.len.saturating_sub(self.next);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}
impl FusedIterator for Iter<'_> {}
