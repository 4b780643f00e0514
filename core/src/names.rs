//! What an org calls things, drawn so that it cannot change how anything else reads.
//!
//! Whoever may rename a user could otherwise turn our own sentences round: U+202E in a name reverses what follows it, and
//! a Hebrew name moves the number behind it to its other side. So each screen goes through here on its way out, whatever
//! it was put together from: characters that are not seen are drawn as what they are called, and what is written from
//! right to left stands by itself. What a form control holds, and attributes that a script reads, are values and stay what
//! they are.
//!
//! Source: Unicode Standard Annex #9, "Unicode Bidirectional Algorithm" (2.7 "Markup and Formatting Characters"), and
//! Unicode Technical Report #36, "Unicode Security Considerations" (2.5 "Bidirectional Text Spoofing").

/// What sets a text apart from what stands around it, where markup cannot: FIRST STRONG ISOLATE and POP DIRECTIONAL
/// ISOLATE.
const ISOLATE: [&str; 2] = ["\u{2068}", "\u{2069}"];

/// The same in markup.
const BDI: [&str; 2] = ["<bdi>", "</bdi>"];

/// Attributes that people read, or that are read to them.
const READ: [&str; 3] = ["aria-label", "title", "placeholder"];

/// Whether a character is not seen and changes how others are: marks, embeddings, overrides and isolates of direction,
/// characters of no width, and those that break a line or are none.
const fn is_hidden(char: char) -> bool {
    matches!(char,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}'..='\u{200F}' | '\u{61C}'
        | '\u{AD}' | '\u{180E}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        | '\0'..='\u{8}' | '\u{B}'..='\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{9F}')
}

/// Whether it is written from right to left: the blocks whose characters are so unless it is said otherwise
/// (`DerivedBidiClass.txt`, "@missing").
const fn is_rtl(char: char) -> bool {
    matches!(char,
        '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Puts `text` at the end of `out`: what is hidden is named, and each stretch from right to left, from its first letter to
/// the last before one from left to right, stands between the two of `apart`.
fn put(out: &mut String, text: &str, apart: [&str; 2]) {
    let [open, close] = apart;
    let mut stretch = String::new();
    // What may belong to the stretch, or not: spaces, digits and marks behind its last letter.
    let mut behind = String::new();
    let flush = |out: &mut String, stretch: &mut String, behind: &mut String| {
        if !stretch.is_empty() {
            out.extend([open, stretch, close]);
        }
        out.push_str(behind);
        stretch.clear();
        behind.clear();
    };
    for char in text.chars() {
        if is_hidden(char) {
            // In Latin letters, so it ends what it stands in.
            flush(out, &mut stretch, &mut behind);
            out.push_str(&format!("[U+{:04X}]", u32::from(char)));
        } else if is_rtl(char) {
            stretch.push_str(&behind);
            behind.clear();
            stretch.push(char);
        } else if stretch.is_empty() {
            out.push(char);
        } else if char.is_alphabetic() || char == '&' || char == '\n' {
            // A letter from left to right; or a character of the markup, which begins with one.
            flush(out, &mut stretch, &mut behind);
            out.push(char);
        } else {
            behind.push(char);
        }
    }
    flush(out, &mut stretch, &mut behind);
}

/// A text that no markup goes with: what a screen reader is told, the words of a marker, a file.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    put(&mut out, text, ISOLATE);
    out
}

/// A screen's markup, as maud writes it (`<`, `>`, `&` and `"` of a text are escaped, in attributes too).
pub fn screen(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    // Inside an element that can hold no elements, how its text is put: as a value, or as a plain text.
    let mut raw: Option<bool> = None;
    while let Some((text, tail)) = rest.split_once('<') {
        let (tag, tail) = tail.split_once('>').unwrap_or((tail, ""));
        match raw {
            None => put(&mut out, text, BDI),
            Some(true) => out.push_str(text),
            Some(false) => put(&mut out, text, ISOLATE),
        }
        raw = match tag.split_whitespace().next() {
            // What can be edited is what will be written.
            Some("textarea") => Some(!tag.split_whitespace().any(|word| word == "readonly")),
            Some("option") => Some(false),
            _ => None,
        };
        out.push('<');
        attributes(&mut out, tag);
        out.push('>');
        rest = tail;
    }
    put(&mut out, rest, BDI);
    out
}

/// Puts a tag at the end of `out`; what is read of it as a plain text.
fn attributes(out: &mut String, tag: &str) {
    let mut rest = tag;
    while let Some((before, tail)) = rest.split_once("=\"") {
        let (value, tail) = tail.split_once('"').unwrap_or((tail, ""));
        let name = before.rsplit(' ').next().unwrap_or_default();
        out.extend([before, "=\""]);
        if READ.contains(&name) {
            put(out, value, ISOLATE)
        } else {
            out.push_str(value)
        }
        out.push('"');
        rest = tail;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::html;

    #[test]
    fn what_is_not_seen_is_named() {
        assert_eq!(plain("Anna\u{202E}ataD"), "Anna[U+202E]ataD");
        assert_eq!(plain("a\u{200B}b\u{2066}c\u{61C}"), "a[U+200B]b[U+2066]c[U+061C]");
        let name = "Anna\u{202E}<b>\u{202C}";
        let html = html! { p title=(name) data-name=(name) { "Take " b { (name) } " off" } };
        assert_eq!(
            screen(&html.0),
            "<p title=\"Anna[U+202E]&lt;b&gt;[U+202C]\" data-name=\"Anna\u{202E}&lt;b&gt;\u{202C}\">Take <b>Anna[U+202E]&lt;b&gt;[U+202C]</b> off</p>"
        );
    }

    #[test]
    fn what_is_written_from_right_to_left_stands_by_itself() {
        assert_eq!(screen("Remove דנה from 5"), "Remove <bdi>דנה</bdi> from 5");
        assert_eq!(screen("“דנה כהן”, 12 users"), "“<bdi>דנה כהן</bdi>”, 12 users");
        assert_eq!(plain("דנה 3"), "\u{2068}דנה\u{2069} 3");
        // A letter from left to right ends it, and so does an entity.
        assert_eq!(
            screen("שלום ABC דנה &amp; דנה"),
            "<bdi>שלום</bdi> ABC <bdi>דנה</bdi> &amp; <bdi>דנה</bdi>"
        );
    }

    #[test]
    fn what_a_form_control_holds_stays_as_it_is() {
        let name = "דנה\u{202E}";
        let html = html! { textarea name="a" { (name) } input value=(name); textarea readonly { (name) } };
        assert_eq!(
            screen(&html.0),
            "<textarea name=\"a\">דנה\u{202E}</textarea><input value=\"דנה\u{202E}\"><textarea readonly>\u{2068}דנה\u{2069}[U+202E]</textarea>"
        );
    }

    #[test]
    fn our_own_words_stay_as_they_are() {
        for text in [
            "Done → it's “so”, 3 of 5",
            "Łódź – São Paulo – 東京",
            "<svg viewBox=\"0 0 16 16\"><path d=\"m5 8 2 2\"/></svg>\n\ttext",
        ] {
            assert_eq!(screen(text), text);
        }
    }

    /// Whatever a name is made of, nothing hidden is drawn, and our elements are the only ones. The names are drawn from a
    /// fixed seed: the same at each run.
    #[test]
    fn no_name_is_hidden() {
        let letters: Vec<char> =
            "abz 09<>&\"“דנה\u{5D0}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}\u{200B}\u{200C}\u{200D}\u{200E}\u{200F}\u{61C}\u{FEFF}\u{AD}"
                .chars()
                .collect();
        let mut seed: u32 = 14;
        for _ in 0..2_000 {
            let name: String = (0..12)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    letters[(seed >> 16) as usize % letters.len()]
                })
                .collect();
            let markup = html! { p aria-label=(name) { "“" (name) "”" b { "x" } } };
            let drawn = screen(&markup.0);
            let no_isolates = |text: &str| text.replace(ISOLATE[0], "").replace(ISOLATE[1], "");
            assert!(!no_isolates(&drawn).chars().any(is_hidden), "{name:?}: {drawn:?}");
            assert_eq!(drawn.matches("<b>").count(), 1, "{name:?}");
            assert_eq!(drawn.matches("<bdi>").count(), drawn.matches("</bdi>").count(), "{name:?}");
            // Without what was put in, it is what was drawn before.
            let before = markup.0.replace(is_hidden, "");
            let mut after = no_isolates(&drawn).replace(BDI[0], "").replace(BDI[1], "");
            while let Some(at) = after.find("[U+") {
                let (_, rest) = after.split_at(at);
                let end = at + rest.find(']').unwrap();
                after.replace_range(at..=end, "");
            }
            assert_eq!(after, before, "{name:?}");
        }
    }
}
