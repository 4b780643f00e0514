//! The functions of a module (as text) in an order that compresses better: like beside like.
//!
//! It never changes a function: what names one names it by its number in the text, not by its place.

const START: &str = "\n (func $";

/// `module` with its functions in the order of what they do, as it is written. They call each other by their numbers, so
/// it is another order once they are numbered anew: the second and the third time gain too.
pub(crate) fn sorted(module: &str) -> String {
    let mut parts = module.split(START);
    let head = parts.next().unwrap_or_default();
    let mut functions: Vec<&str> = parts.collect();
    let (last, end) = ended(functions.pop().unwrap_or_default());
    functions.push(last);
    functions.sort_by_key(|function| function.trim_start_matches(|c: char| c.is_ascii_digit()));
    functions.insert(0, head);
    functions.join(START) + end
}

/// The module's last function, and what stands behind it.
fn ended(last: &str) -> (&str, &str) {
    let end = last.find("\n )").map(|at| at + 3).or_else(|| last.find('\n'));
    last.split_at(end.unwrap_or(last.len()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_same_functions_in_another_order() {
        let (head, end) = ("(module\n (type $0)", "\n ;; x\n)\n");
        let [param, none, nop] =
            ["\n (func $0 (param i32)\n  (call $2)\n )", "\n (func $1)", "\n (func $2\n  (nop)\n )"];
        let in_order = [head, nop, param, none, end].concat();
        for all in [[param, none, nop], [nop, param, none], [param, nop, none]] {
            assert_eq!(super::sorted(&[head, &all.concat(), end].concat()), in_order);
        }
    }
}
