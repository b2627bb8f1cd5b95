//! The methods, as clients see them.
