//! How plans and journal entries are written as JSON and read back, by name: an extension that was updated reads what an
//! older one wrote.
//!
//! It never fails on a member that it does not know, and never guesses a value of a kind that it does not know: such a
//! thing does not read. (serde's derived readers of the same types cost 40 KB of the shipped Wasm.)

use crate::id::Id;
use crate::json::{Value, quoted};
use crate::plan::{Input, InputKind, Look, Place, Plan, Reached, Safety, Step, Term, Undo, Way};

/// Something that is written as JSON and reads back.
pub(super) trait Form: Sized {
    /// Writes it at the end of `out`.
    fn write(&self, out: &mut String);
    /// Reads it; `None` when `value` is no such thing. A member that is lacking is null here.
    fn read(value: &Value) -> Option<Self>;
}

/// The member called `name`.
pub(super) fn member<T: Form>(value: &Value, name: &str) -> Option<T> {
    T::read(value.get(name).unwrap_or(&Value::Null))
}

/// What is between brackets ends without the comma of its last item.
pub(super) fn close(out: &mut String, end: char) {
    if out.ends_with(',') {
        out.pop();
    }
    out.push(end);
}

impl Form for String {
    fn write(&self, out: &mut String) {
        out.push_str(&quoted(self));
    }

    fn read(value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.clone()),
            Value::Null => Some(String::new()),
            _ => None,
        }
    }
}

impl Form for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }

    fn read(value: &Value) -> Option<bool> {
        match value {
            Value::Bool(is) => Some(*is),
            Value::Null => Some(false),
            _ => None,
        }
    }
}

impl Form for i64 {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }

    fn read(value: &Value) -> Option<i64> {
        value.as_i64()
    }
}

impl Form for usize {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }

    fn read(value: &Value) -> Option<usize> {
        usize::try_from(value.as_i64()?).ok()
    }
}

impl Form for Id {
    fn write(&self, out: &mut String) {
        out.push_str(&quoted(self.as_str()));
    }

    fn read(value: &Value) -> Option<Id> {
        Id::parse(value.as_str()?)
    }
}

impl Form for Value {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }

    fn read(value: &Value) -> Option<Value> {
        Some(value.clone())
    }
}

impl<T: Form> Form for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            Some(it) => it.write(out),
            None => out.push_str("null"),
        }
    }

    fn read(value: &Value) -> Option<Option<T>> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

impl<T: Form> Form for Vec<T> {
    fn write(&self, out: &mut String) {
        out.push('[');
        for item in self {
            item.write(out);
            out.push(',');
        }
        close(out, ']');
    }

    fn read(value: &Value) -> Option<Vec<T>> {
        let items = match value {
            Value::List(items) => items.as_slice(),
            Value::Null => &[],
            _ => return None,
        };
        // Not collected: that would cost half a kilobyte.
        let mut all = vec![];
        for item in items {
            all.push(T::read(item)?);
        }
        Some(all)
    }
}

/// A name and what it stands for: `["Name", …]`.
impl<T: Form> Form for (String, T) {
    fn write(&self, out: &mut String) {
        out.push('[');
        self.0.write(out);
        out.push(',');
        self.1.write(out);
        out.push(']');
    }

    fn read(value: &Value) -> Option<(String, T)> {
        let [name, it] = value.as_array()?.as_slice() else { return None };
        Some((String::read(name)?, T::read(it)?))
    }
}

/// A struct as an object of its fields.
macro_rules! record {
    ($name:ident { $($field:ident),* }) => {
        impl Form for $name {
            fn write(&self, out: &mut String) {
                out.push('{');
                $(
                    out.push_str(concat!("\"", stringify!($field), "\":"));
                    self.$field.write(out);
                    out.push(',');
                )*
                close(out, '}');
            }

            fn read(value: &Value) -> Option<$name> {
                value.as_object()?;
                Some($name { $($field: member(value, stringify!($field))?),* })
            }
        }
    };
}
pub(super) use record;

/// An enum: `"Unit"`, `{"One": …}`, `{"Many": {"field": …}}`.
macro_rules! choice {
    ($name:ident { $($unit:ident),* } { $($one:ident),* } { $($many:ident { $($field:ident),* }),* }) => {
        impl Form for $name {
            fn write(&self, out: &mut String) {
                match self {
                    $($name::$unit => out.push_str(concat!("\"", stringify!($unit), "\"")),)*
                    $($name::$one(it) => {
                        out.push_str(concat!("{\"", stringify!($one), "\":"));
                        it.write(out);
                        out.push('}');
                    })*
                    $($name::$many { $($field),* } => {
                        out.push_str(concat!("{\"", stringify!($many), "\":{"));
                        $(
                            out.push_str(concat!("\"", stringify!($field), "\":"));
                            $field.write(out);
                            out.push(',');
                        )*
                        close(out, '}');
                        out.push('}');
                    })*
                }
            }

            fn read(value: &Value) -> Option<$name> {
                $(if value.as_str() == Some(stringify!($unit)) {
                    return Some($name::$unit);
                })*
                $(if let Some(it) = value.get(stringify!($one)) {
                    return Some($name::$one(Form::read(it)?));
                })*
                $(if let Some(it) = value.get(stringify!($many)) {
                    return Some($name::$many { $($field: member(it, stringify!($field))?),* });
                })*
                None
            }
        }
    };
}
pub(super) use choice;

choice!(Safety { Safe, Confirm, ByHand } {} {});
choice!(Undo { Exact } { Never } {});
choice!(Term {} { Is, Made, Input, Within } { Read { step, field } });
choice!(Place {} {} { Row { object, key }, Component { kind, names, from, of }, Tokens { user, app }, Query { soql } });
choice!(Way { Write, Read, Wait } { Hand } {});
choice!(InputKind { Email } { Text } { Ranges { seen } });
record!(Step { words, place, way, makes, unless, keep, before, after });
record!(Input { label, kind, value, notes });
record!(Look { words, soql, spares });
record!(Reached { id, name });
record!(Plan {
    fix,
    title,
    safety,
    steps,
    reaches,
    reaches_more,
    breaks,
    undo,
    inputs,
    looks,
    depends,
    link
});
