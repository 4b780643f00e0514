//! From what the tests that draw random cases draw them: one seed, the same at each run, and printed.
//!
//! `LEASTWISE_RANDOM=7` names another one; `./build.sh explore` runs those tests (`drawn_…`) with seeds that are new.

use proptest::test_runner::{Config, RngSeed};

/// So many cases, drawn from the seed.
#[allow(
    clippy::print_stdout,
    reason = "a test that fails says what it drew from; some files allow it as a whole"
)]
pub(crate) fn config(cases: u32) -> Config {
    let seed = std::env::var("LEASTWISE_RANDOM").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    println!("{cases} cases drawn from LEASTWISE_RANDOM={seed}");
    Config { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(seed), ..Config::default() }
}
