//! Why an output does not depend on a variable.

use super::suggestion;
use super::{Finding, Problem};
use crate::explanation::Line;
use autograd::Scalar;
use autograd::inspect::{Node, Operand};

/// Returns the finding for a node that the output does not depend on; `None` stands for a scalar without a node.
pub(crate) fn finding<T: Scalar>(of: Option<Node<'_, T>>) -> Finding {
    let Some(x) = of.filter(|x| x.is_tracked()) else {
        let name = of.and_then(|n| n.name());
        let line = of.and_then(|n| n.line()).map(Line::from);
        return report(Problem::Constant, format!("{} is a constant", called(name)), line, suggestion::CONSTANT);
    };
    let from = downstream(x);
    let whole = |n: &Node<'_, T>| if *n == x { called(n.name()) } else { computed(n, &x) };
    let no = |what: String| format!("The output does not depend on {}: {what}", called(x.name()));
    if let Some(end) = from.iter().find(|n| n.is_detached()) {
        let what = no(format!("{} was detached", whole(end)));
        return report(Problem::Detached, what, end.line().map(Line::from), suggestion::DETACHED);
    }
    let what = match from.last() {
        Some(end) if *end != x => no(format!("it is used in {}, whose result is not used", whole(end))),
        _ => no("nothing was computed from it".into()),
    };
    report(Problem::Unused, what, x.line().map(Line::from), suggestion::UNUSED)
}

fn report(problem: Problem, description: String, line: Option<Line>, suggestion: &str) -> Finding {
    Finding { problem, step: None, description, line, suggestion: suggestion.into() }
}

fn called(name: Option<String>) -> String {
    name.map_or("this".into(), |name| format!("`{name}`"))
}

fn computed<T: Scalar>(n: &Node<'_, T>, from: &Node<'_, T>) -> String {
    match n.name() {
        Some(name) => format!("`{name}`, computed from {},", called(from.name())),
        None => format!("the {} computed from {}", n.operation().name(), called(from.name())),
    }
}

/// Returns a node and all nodes computed from it, in the order of recording.
fn downstream<T: Scalar>(x: Node<'_, T>) -> Vec<Node<'_, T>> {
    let mut reached = vec![false; x.tape().len()];
    reached[x.index()] = true;
    let mut all = vec![x];
    for node in x.tape().nodes().skip(x.index() + 1) {
        let depends = node.operands().iter().any(|o| matches!(o, Operand::Node(n) if reached[n.index()]));
        if depends && node.is_tracked() {
            reached[node.index()] = true;
            all.push(node);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::{Problem, diagnose};
    use autograd::{Tape, TensorVar};
    use tensor::tensor;

    #[test]
    fn detached_unused_and_constant() {
        let tape = Tape::new().traced();
        let x = tape.var(tensor![1.0, 2.0]).named("x");
        let w = tape.var(3.0_f64).named("w");
        let a: TensorVar = x.exp().named("a");
        let at = line!() - 1;
        let out = (a.detach() * w).sum();
        let found = diagnose(out, x).unwrap();
        let first = &found.findings[0];
        assert_eq!((first.problem, first.line.as_ref().map(|l| l.line)), (Problem::Detached, Some(at)));
        assert_eq!(first.description, "The output does not depend on `x`: `a`, computed from `x`, was detached");
        let idle = tape.var(1.0).named("idle");
        let found = diagnose(out, idle).unwrap();
        assert_eq!(found.findings[0].problem, Problem::Unused);
        assert!(found.to_string().contains("nothing was computed from it"), "{found}");
        let aside = idle.sin();
        let found = diagnose(out, idle).unwrap();
        assert!(found.to_string().contains("it is used in the sin computed from `idle`"), "{found}");
        let c = tape.constant(tensor![1.0]).named("c");
        assert_eq!(diagnose(out + aside * 0.0, c).unwrap().findings[0].problem, Problem::Constant);
    }
}
