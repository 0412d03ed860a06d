//! Names that layers get when they are given none.

/// `base`, `base_1`, `base_2` and so on: the first that is not taken.
pub(crate) fn first_free(base: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = base.to_string();
    let mut number = 0;
    while taken(&name) {
        number += 1;
        name = format!("{base}_{number}");
    }
    name
}

/// `BatchNorm` as `batch_norm`.
pub(crate) fn snake_case(kind: &str) -> String {
    let mut name = String::with_capacity(kind.len() + 2);
    for (i, c) in kind.char_indices() {
        if c.is_uppercase() && i > 0 {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(snake_case("BatchNorm"), "batch_norm");
        assert_eq!(snake_case("Dense"), "dense");
        assert_eq!(first_free("dense", |name| ["dense", "dense_1"].contains(&name)), "dense_2");
    }
}
