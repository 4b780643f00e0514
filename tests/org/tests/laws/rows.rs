//! The first law: what a describe calls not nillable is not null in any row.

use super::asked::{Asked, Known, condition, described, seeds};

#[test]
fn no_field_that_may_not_be_null_is_null_in_a_row() {
    let mut rows = 0;
    let mut known = Known::new();
    let mut broken = std::collections::BTreeSet::new();
    let all = seeds();
    for seed in &all {
        let mut asked = Asked::of(seed);
        for api in ["", "tooling/"] {
            for describe in described(&mut asked, api, &mut known) {
                let object = describe["name"].as_str().unwrap().to_owned();
                let fields: Vec<&str> = describe["fields"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|field| field["nillable"] == false)
                    .map(|field| field["name"].as_str().unwrap())
                    .collect();
                // Permissions are booleans, and too many for one request.
                for some in fields
                    .iter()
                    .filter(|name| !name.starts_with("Permissions"))
                    .collect::<Vec<_>>()
                    .chunks(100)
                {
                    let names = some.iter().map(|name| **name).collect::<Vec<_>>().join(", ");
                    let (status, answer) =
                        asked.query(api, &format!("SELECT {names} FROM {object}{}", condition(&object)));
                    assert_eq!(status, 200, "{object}: {answer}");
                    for row in answer["records"].as_array().unwrap() {
                        rows += 1;
                        for name in some.iter().filter(|name| row[**name].is_null()) {
                            broken.insert(format!("{object}.{name} ({seed:?})"));
                        }
                    }
                }
            }
        }
    }
    println!("non-nillable fields that are null: {} in {rows} rows of {} seeds", broken.len(), all.len());
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(rows > 1_000, "{rows}");
}

#[test]
fn what_says_nothing_of_who_and_when_is_as_old_as_the_org() {
    let mut asked = Asked::of(&seeds()[1]);
    let (_, answer) = asked.query("", "SELECT CreatedDate, CreatedBy.IsActive FROM Organization");
    let founded = answer["records"][0]["CreatedDate"].as_str().unwrap().to_owned();
    assert_eq!(answer["records"][0]["CreatedBy"]["IsActive"], true);
    let older = format!("SELECT COUNT() FROM User WHERE CreatedDate < {}", founded.replace("+0000", "Z"));
    assert_eq!(asked.query("", &older).1["totalSize"], 0);
    // A client that reads on from a moment misses nothing that changed after it.
    let (_, all) = asked.query("", "SELECT COUNT() FROM User");
    let since = format!("SELECT COUNT() FROM User WHERE SystemModstamp >= {}", founded.replace("+0000", "Z"));
    assert_eq!(asked.query("", &since).1["totalSize"], all["totalSize"]);
}
