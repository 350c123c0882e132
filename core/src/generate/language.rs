//! A small guess at the language of a short text, for the language gate: silent when in doubt.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::words::words;

/// Function words that are common in one language and rare or absent in the others listed.
const FUNCTION_WORDS: [(&str, &str); 12] = [
    (
        "en",
        "the and of to is that it for you with this was are have not be they what will just your my from but we has \
         all there their about would can been were when who out how our if more than his her its dont im i do did at why into some other over then",
    ),
    (
        "es",
        "el la los las que y en es un una por para con no se del al lo como más pero sus le ya o este sí porque esta \
         cuando muy sin sobre también me hasta hay donde quien desde todo nos yo eso ese son fue",
    ),
    (
        "pt",
        "o a os as que e do da em um uma para com não se na no por mais dos das como mas foi ao ele tem à seu sua ou \
         ser quando muito há nos já está eu também só pelo pela até isso ela entre era você",
    ),
    (
        "fr",
        "le la les de des et un une est que pour dans qui sur pas plus par je il au avec ce ne se vous nous mais ou \
         son sa ses cette elle on du être fait comme tout très j c d l qu",
    ),
    (
        "de",
        "der die das und ist nicht ein eine zu den mit von für auf im ich sich des dem auch es an als wir wie noch nach \
         bei aus aber hat nur oder war werden so wenn einen einer kann mein",
    ),
    (
        "it",
        "il lo la gli le di che e è un una per con non sono del della si ma anche come più mi ho nel alla dei ti questo \
         questa cosa perché io ci se da al hai quando molto",
    ),
    (
        "nl",
        "de het een en van ik te dat niet is in op zijn voor met die aan er maar om dan ook wat nog bij uit zo naar wel \
         mijn heeft worden deze geen",
    ),
    (
        "sv",
        "och att det som en på är av för med den till inte om ett men jag var sig så vi har kan hade nu när du han ska \
         mot eller",
    ),
    ("tr", "ve bir bu da de için çok ne ile ama gibi daha ben var en kadar sen mi o değil olan yok her şey ya benim"),
    ("id", "yang dan di itu dengan ini untuk tidak dari dalam akan pada saya ke ada juga bisa sudah aku kamu karena"),
    ("pl", "i w nie na się z do to że jest jak o co tak za ale po od już tylko czy mi jego był są dla może"),
    ("ro", "și de în la cu nu o un pe este că din mai pentru să sunt care ce se am au fost dar ca"),
];

/// The language of the text as an ISO 639-1 code, or `None` where a short text does not tell.
///
/// The script decides where it can (kana, hangul, Thai, …); Latin script needs at least three function words of one
/// language and half as many again as of any other.
pub(crate) fn detect(text: &str) -> Option<&'static str> {
    let mut scripts: BTreeMap<&'static str, u32> = BTreeMap::new();
    let (mut letters, mut kana) = (0, 0);
    for c in words(text).iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()) {
        letters += 1;
        let script = script(c);
        kana += u32::from(script == "kana");
        *scripts.entry(script).or_default() += 1;
    }
    if letters < 2 {
        return None;
    }
    let share = |name: &str| scripts.get(name).copied().unwrap_or(0) * 2 > letters;
    let east = kana + scripts.get("han").copied().unwrap_or(0);
    if east * 2 > letters {
        // Japanese without any kana is as good as unseen in a sentence; a headline of a few Han may be either.
        return if kana > 0 {
            Some("ja")
        } else if letters >= 6 {
            Some("zh")
        } else {
            None
        };
    }
    for (name, language) in
        [("hangul", "ko"), ("thai", "th"), ("hebrew", "he"), ("greek", "el"), ("hindi", "hi"), ("armenian", "hy")]
    {
        if share(name) && letters >= 4 {
            return Some(language);
        }
    }
    if share("arabic") || share("cyrillic") {
        // Arabic script is Arabic, Persian or Urdu; Cyrillic is Russian, Ukrainian and more: letters that only one
        // of them has tell.
        let any = |set: &str| text.chars().any(|c| set.contains(c));
        return if share("arabic") {
            if any("پچژگ") { None } else { (letters >= 6).then_some("ar") }
        } else if any("іїєґ") {
            Some("uk")
        } else if any("ыэё") {
            Some("ru")
        } else {
            None
        };
    }
    latin(text)
}

fn latin(text: &str) -> Option<&'static str> {
    let mut hits = [0_usize; FUNCTION_WORDS.len()];
    for word in words(text) {
        let languages = KNOWN.get(word.as_str()).copied().unwrap_or(0);
        for (at, count) in hits.iter_mut().enumerate() {
            *count += usize::from(languages >> at & 1);
        }
    }
    let (best, count) = hits.iter().enumerate().max_by_key(|(at, count)| (**count, usize::MAX - at))?;
    let second = hits.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, count)| *count).max().unwrap_or(0);
    let language = FUNCTION_WORDS.get(best).map(|(language, _)| *language)?;
    (*count >= 3 && count * 2 >= second * 3).then_some(language)
}

/// Each function word with one bit for each language that has it.
static KNOWN: LazyLock<BTreeMap<&'static str, u16>> = LazyLock::new(|| {
    let mut known = BTreeMap::new();
    for (at, (_, list)) in FUNCTION_WORDS.iter().enumerate() {
        for word in list.split_whitespace() {
            *known.entry(word).or_default() |= 1 << at;
        }
    }
    known
});

/// Whether the word is one of grammar rather than of a subject, in any of the languages known here.
pub(crate) fn is_function_word(word: &str) -> bool {
    KNOWN.contains_key(word)
}

fn script(c: char) -> &'static str {
    match u32::from(c) {
        0x0370..=0x03FF | 0x1F00..=0x1FFF => "greek",
        0x0400..=0x052F => "cyrillic",
        0x0530..=0x058F => "armenian",
        0x0590..=0x05FF => "hebrew",
        0x0600..=0x06FF | 0x0750..=0x077F | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => "arabic",
        0x0900..=0x097F => "hindi",
        0x0E00..=0x0E7F => "thai",
        0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF => "hangul",
        0x3040..=0x30FF | 0x31F0..=0x31FF => "kana",
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => "han",
        _ => "latin",
    }
}

/// The languages that make up at least a tenth of the texts that tell theirs, most common first.
pub(crate) fn languages_of<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'static str> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for language in texts.filter_map(detect) {
        *counts.entry(language).or_default() += 1;
    }
    let known: usize = counts.values().sum();
    let mut counts: Vec<_> = counts.into_iter().filter(|(_, n)| n * 10 >= known).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    counts.into_iter().map(|(language, _)| language).collect()
}

/// The language of a BCP 47 tag as [`detect`] names it: `pt-BR` → `pt`. `None` for a language that it cannot tell.
pub(crate) fn known(tag: &str) -> Option<&'static str> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let primary = match primary.as_str() {
        "in" => "id",
        "iw" => "he",
        other => other,
    };
    FUNCTION_WORDS
        .iter()
        .map(|(language, _)| *language)
        .chain(["ja", "zh", "ko", "th", "he", "el", "hi", "hy", "ar", "uk", "ru"])
        .find(|language| *language == primary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_tell_and_fragments_do_not() {
        for (text, wanted) in [
            ("The new importer is out and it was a lot of work for all of us", Some("en")),
            ("El nuevo importador ya está listo y fue mucho trabajo para todos los que lo usan", Some("es")),
            ("Le nouvel importateur est prêt et c'est un grand pas pour nous dans la bonne direction", Some("fr")),
            ("Der neue Import ist fertig und das war nicht wenig Arbeit für die Leute", Some("de")),
            ("O novo importador não é mais um problema para você e para os seus amigos", Some("pt")),
            ("新しいインポーターを公開しました", Some("ja")),
            ("我们今天发布了新的导入工具", Some("zh")),
            ("새로운 가져오기 도구를 공개했습니다", Some("ko")),
            ("Мы выпустили новый импортёр, и это было непросто", Some("ru")),
            ("لقد أصدرنا أداة الاستيراد الجديدة", Some("ar")),
            ("Ship it.", None),
            ("#McGregor 👊👊👊", None),
            ("", None),
            ("東京", None),
        ] {
            assert_eq!(detect(text), wanted, "{text}");
        }
    }

    #[test]
    fn tags_and_mixtures() {
        assert_eq!(known("pt-BR"), Some("pt"));
        assert_eq!(known("EN"), Some("en"));
        assert_eq!(known("und"), None);
        let texts = ["this is the one that you have", "das ist nicht die gleiche Sache und so", "ok"];
        assert_eq!(languages_of(texts.into_iter()), ["de", "en"]);
    }
}
