//! Drop glue that does nothing, made empty: the Wasm frees no memory, and what is left of most glue walks over values.
//!
//! It never takes away glue that does anything else (counts a reference, gives a borrow back).

use std::collections::HashSet;
use walrus::ir::{Instr, InstrLocId, Visitor, dfs_in_order};
use walrus::{FunctionId, LocalFunction, Module};

/// What Rust calls its drop glue; all of it comes to an end, which of no other function is known.
const GLUE: [&str; 3] =
    ["::drop_in_place", " as core::ops::drop::Drop>::drop", "::PartialDrop>::partial_drop"];

/// Whether a function only looks and calls `idle` ones.
struct Idle<'a> {
    idle: &'a HashSet<FunctionId>,
    is: bool,
}

impl<'i> Visitor<'i> for Idle<'_> {
    fn visit_instr(&mut self, instr: &'i Instr, _: &'i InstrLocId) {
        self.is &= match instr {
            Instr::Call(call) => self.idle.contains(&call.func),
            Instr::Block(_) | Instr::Loop(_) | Instr::IfElse(_) | Instr::Br(_) | Instr::BrIf(_) => true,
            Instr::BrTable(_) | Instr::Return(_) | Instr::Drop(_) | Instr::Select(_) | Instr::Load(_) => true,
            Instr::LocalGet(_) | Instr::LocalSet(_) | Instr::LocalTee(_) | Instr::Const(_) => true,
            Instr::Binop(_) | Instr::Unop(_) => true,
            _ => false,
        };
    }
}

/// Empties what glue of `module` does nothing: wasm-opt then takes its calls away.
pub(crate) fn empty(module: &mut Module) {
    let is_glue = |(id, function): (FunctionId, &LocalFunction)| {
        let name = without_hashes(module.funcs.get(id).name.as_deref()?);
        let gives = module.types.get(function.ty()).results();
        (gives.is_empty() && GLUE.iter().any(|part| name.contains(part))).then_some(id)
    };
    let mut idle: HashSet<FunctionId> = module.funcs.iter_local().filter_map(is_glue).collect();
    // Glue that calls itself is idle unless something else in it is not: the greatest set that agrees with itself.
    loop {
        let busy: Vec<FunctionId> = idle.iter().copied().filter(|id| !is_idle(module, *id, &idle)).collect();
        if busy.is_empty() {
            break;
        }
        busy.iter().for_each(|id| _ = idle.remove(id));
    }
    for id in idle {
        let function = module.funcs.get_mut(id).kind.unwrap_local_mut();
        function.block_mut(function.entry_block()).instrs.clear();
    }
}

fn is_idle(module: &Module, id: FunctionId, idle: &HashSet<FunctionId>) -> bool {
    let function = module.funcs.get(id).kind.unwrap_local();
    let mut look = Idle { idle, is: true };
    dfs_in_order(&mut look, function, function.entry_block());
    look.is
}

/// A name without its crates' hashes: `core[84191437197a5fe3]::ptr` is `core::ptr`.
fn without_hashes(name: &str) -> String {
    let mut out = String::new();
    for (at, part) in name.split('[').enumerate() {
        match part.split_once(']') {
            Some((hash, rest)) if at > 0 && hash.len() == 16 => out.push_str(rest),
            _ if at > 0 => out.extend(["[", part]),
            _ => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ValType::I32;
    use walrus::{
        FunctionBuilder,
        ir::{MemArg, StoreKind},
    };

    #[test]
    fn what_does_something_stays() {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let arg = module.locals.add(I32);
        let mut add = |name: &str, call: Option<FunctionId>, stores: bool| {
            let mut builder = FunctionBuilder::new(&mut module.types, &[I32], &[]);
            let mut body = builder.func_body();
            if let Some(call) = call {
                body.local_get(arg).call(call);
            }
            if stores {
                let to = MemArg { align: 4, offset: 0 };
                body.local_get(arg).i32_const(1).store(memory, StoreKind::I32 { atomic: false }, to);
            }
            body.local_get(arg).drop();
            let id = builder.finish(vec![arg], &mut module.funcs);
            module.funcs.get_mut(id).name = Some(name.to_owned());
            id
        };
        let walks = add("core[84191437197a5fe3]::ptr::drop_in_place::<[a::B]>", None, false);
        let over = add("core[84191437197a5fe3]::ptr::drop_in_place::<a::C>", Some(walks), false);
        let counts = add("core[84191437197a5fe3]::ptr::drop_in_place::<alloc::rc::Rc<a::B>>", None, true);
        let of_both = add("core[84191437197a5fe3]::ptr::drop_in_place::<a::D>", Some(counts), false);
        let by_hand =
            add("<a[84191437197a5fe3]::B as core[84191437197a5fe3]::ops::drop::Drop>::drop", None, false);
        let other = add("a[84191437197a5fe3]::wait", None, false);
        empty(&mut module);
        let is_empty = |id: &FunctionId| {
            let function = module.funcs.get(*id).kind.unwrap_local();
            function.block(function.entry_block()).instrs.is_empty()
        };
        let emptied: Vec<bool> =
            [walks, over, counts, of_both, by_hand, other].iter().map(is_empty).collect();
        assert_eq!(emptied, [true, true, false, false, true, false]);
    }
}
