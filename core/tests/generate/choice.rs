//! Which candidates are chosen.

use super::*;

#[test]
fn the_batch_counts_and_not_the_tweet() {
    let loud: Vec<String> =
        (0..120).map(|i| format!("{} GREAT day number {i} for all of us!!!", ["WOW", "A"][i % 2])).collect();
    let profile = StyleProfile::from_texts(loud);
    let pool = [
        "A quiet evening, all in all.",
        "WOW what a launch for us!!!",
        "A GREAT team, for all of you!!!",
        "It was, in my view, adequate.",
        "WOW a SECOND launch for them!!!",
    ];
    let selection = select(&profile, &pool, 3);
    let chosen: BTreeSet<usize> = selection.chosen.iter().map(|chosen| chosen.index).collect();
    // The calm texts lose, except that one of them may round off a batch that would be louder than the author.
    assert!(chosen.is_superset(&BTreeSet::from([1, 2])) && !chosen.contains(&3), "{chosen:?}");
    assert!(selection.rejected.iter().all(|rejected| rejected.code == "ranked.below"));
    let pool = ["SO good!!! yes", "SO good!!! the importer!!!"];
    let by_topic = select_with(&profile, &pool, 1, &SelectOptions::default().topic("importer"));
    assert_eq!(by_topic.chosen[0].index, 1);
}

#[test]
fn the_first_of_equals_is_taken() {
    let profile = StyleProfile::from_texts(OWN);
    let selection = select(&profile, &["the same text here", "the same text here"], 1);
    assert_eq!(selection.chosen[0].index, 0);
    assert_eq!(selection.rejected[0].code, "gate.duplicate");
    assert!(select(&profile, &[] as &[&str], 3).chosen.is_empty());
    assert!(select(&profile, &GOOD, 0).chosen.is_empty());
    assert_eq!(select(&profile, &GOOD, 99).chosen.len(), GOOD.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn choosing_depends_on_the_candidates_not_their_order(
        seed in any::<u64>(),
        extra in proptest::collection::vec("[a-z !?#]{0,30}|\\PC{0,20}", 0..6),
        n in 0_usize..12,
    ) {
        let profile = StyleProfile::from_texts(OWN);
        let mut pool: Vec<String> = GOOD.iter().chain(&OWN[..2]).map(|text| (*text).to_owned()).collect();
        pool.push("x".repeat(281));
        pool.extend(extra);
        let first = select(&profile, &pool, n);
        let mut order: Vec<usize> = (0..pool.len()).collect();
        order.sort_by_key(|at| (*at as u64 + 1).wrapping_mul(seed | 1));
        let shuffled: Vec<&String> = order.iter().map(|at| &pool[*at]).collect();
        let second = select(&profile, &shuffled, n);
        let chosen = |selection: &Selection| -> Vec<String> {
            selection.chosen.iter().map(|chosen| chosen.text.clone()).collect()
        };
        prop_assert_eq!(chosen(&first), chosen(&second));
        prop_assert!(first.chosen.len() <= n);
        let chosen_places = first.chosen.iter().map(|chosen| chosen.index);
        let mut places: Vec<usize> = chosen_places.chain(first.rejected.iter().map(|rejected| rejected.index)).collect();
        places.sort_unstable();
        prop_assert_eq!(places, (0..pool.len()).collect::<Vec<_>>(), "each is in exactly one list");
        for chosen in &first.chosen {
            prop_assert!(!OWN.contains(&chosen.text.as_str()) && ghostwren::text::weighted_length(&chosen.text) <= 280);
            prop_assert_eq!(&chosen.text, &pool[chosen.index]);
        }
    }

    #[test]
    fn no_answer_breaks_the_engine(answer in "\\PC{0,120}|[\\[\\]{}\",:a-z0-9. \n#*-]{0,120}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        match runtime.block_on(draft(&Scripted::new([answer]), &context(), &request())) {
            Ok(outcome) => prop_assert!(outcome.drafts.len() <= 2),
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::ContentRefused),
        }
    }
}
