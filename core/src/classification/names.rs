//! Names of people in addresses: whether what stands before an `@` spells somebody's name.
//!
//! It never takes a name for proof: it says what looks like a person's.

use super::words::{folded, folded_as_two, is_a_system_s_name, is_of_a_system, words};

/// What stands before and after the `@`, in small letters; without what sandboxes add (`=` for `@`, `.invalid`).
pub(crate) fn parts(address: &str) -> (String, String) {
    let address = address.trim().to_lowercase();
    let address = address.strip_suffix(".invalid").unwrap_or(&address);
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let (local, domain) = local.split_once('=').unwrap_or((local, domain));
    let local = local.split('+').next().unwrap_or_default();
    (local.to_owned(), domain.to_owned())
}

/// Whether an address is `first.last` or the like, or spells the user's own name, and no word of a team or system is in
/// it. `local` and `domain` are those of [`parts`].
pub(crate) fn is_a_person_s(local: &str, domain: &str, name: &str) -> bool {
    if spells(local, name) {
        return true;
    }
    if is_of_a_system(local) {
        return false;
    }
    let words = words(local);
    let company = |word: &String| {
        let word = word.as_str();
        let long = word.chars().count() > 3;
        domain.split('.').any(|part| part == word || long && part.starts_with(word))
    };
    if words.iter().any(company) {
        return false;
    }
    // "jane.roe", "j.roe", "jane.b.roe".
    let long = words.iter().any(|word| word.chars().count() >= 3);
    (2..=3).contains(&words.len()) && long && local.contains(['.', '_', '-'])
}

/// Whether `local` is the name of a person, as addresses spell it: "jroe", "janeroe", "jane.roe", "roej" of Jane Roe,
/// "jmueller" and "jmuller" of Jürgen Müller, "sobrien" of Siobhan O'Brien. A system's own name spells nobody's: "erp" of
/// Acme ERP.
pub(crate) fn spells(local: &str, name: &str) -> bool {
    if is_a_system_s_name(name) {
        return false;
    }
    let spelled: String = words(local).concat();
    [folded(name), folded_as_two(name)].iter().any(|name| {
        // "O'Brien" is one word, "Al-Amin" too.
        let joined: String =
            name.chars().filter(|c| !matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '-' | '.')).collect();
        let names: Vec<&str> =
            joined.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        spellings(&names).contains(&spelled)
    })
}

/// The ways in which an address spells a name of several words: the first with the last, or with all that follow it
/// ("ana.garcialopez"), whole or by their initials, in both orders.
fn spellings(names: &[&str]) -> Vec<String> {
    let [first, rest @ ..] = names else { return vec![] };
    let Some(last) = rest.last() else { return vec![] };
    let initial = |name: &str| name.chars().take(1).collect::<String>();
    let given: String = names.iter().take(rest.len()).map(|name| initial(name)).collect();
    let mut all = vec![];
    // "Maria del Carmen Ruiz Soto" is mruiz, mruizsoto or mdelcarmenruizsoto.
    let ends = (0..rest.len()).filter_map(|from| rest.get(from..)).map(<[&str]>::concat);
    for family in ends.chain(rest.iter().map(|name| (*name).to_owned())) {
        for before in [initial(first), (*first).to_owned(), given.clone()] {
            all.push([before.as_str(), &family].concat());
            all.push([family.as_str(), &before].concat());
        }
    }
    all.push([&names.concat(), ""].concat());
    all.push([*last, first].concat());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_addresses_spell_them() {
        for (local, name) in [
            ("jroe", "Jane Roe"),
            ("roej", "Jane Roe"),
            ("jane.roe", "Jane Roe"),
            ("roe.jane", "Jane Roe"),
            ("jane.b.roe", "Jane B. Roe"),
            ("jbroe", "Jane B. Roe"),
            ("jmueller", "Jürgen Müller"),
            ("jmuller", "Jürgen Müller"),
            ("juergen.mueller", "Jürgen Müller"),
            ("jgarcia", "José García"),
            ("jgarcialopez", "José García López"),
            ("jgarcia", "Jose\u{301} Garci\u{301}a López"),
            ("sobrien", "Siobhan O'Brien"),
            ("sobrien", "Siobhan O’Brien"),
            ("bhansen", "Bjørn Hansen"),
            ("skoda", "Š. Koda"),
            ("lena.service", "Lena Service"),
            ("amy.batchelor", "Amy Batchelor"),
            ("dev.patel", "Dev Patel"),
            ("no.tran", "No Tran"),
            ("jvandenberg", "Jan van den Berg"),
            ("aalamin", "Ahmed Al-Amin"),
            ("jroe2", "Jane Roe"),
        ] {
            assert!(spells(local, name), "{local} of {name}");
        }
        for (local, name) in [
            ("erp", "Acme ERP"),
            ("erpfeed", "ERP Feed"),
            ("integrations", "Jane Roe"),
            ("roe", "Roe"),
            ("", ""),
            ("", "Jane Roe"),
            ("jdoe", "Jane Roe"),
        ] {
            assert!(!spells(local, name), "{local} of {name}");
        }
    }

    #[test]
    fn a_first_name_that_is_also_a_word_clears_nobody() {
        for local in
            ["dev.patel", "no.tran", "int.pham", "amy.batchelor", "ann.price", "tom.feeder", "anna.bot"]
        {
            assert!(is_a_person_s(local, "acme.example", "ERP Feed"), "{local}");
        }
        for local in [
            "dev.ops",
            "dev.team",
            "no.reply",
            "no-reply",
            "int.orders",
            "order.feed",
            "price.upload",
            "dev.acme",
        ] {
            assert!(!is_a_person_s(local, "acme.example", "ERP Feed"), "{local}");
        }
    }
}
