//! The small words of each language, and a table that finds one fast.
//!
//! Function words carry style and hardly any topic (Mosteller and Wallace 1964; Burrows 2002,
//! <https://doi.org/10.1093/llc/17.3.267>). Contractions and the small change of chat belong to them on Twitter.
//! Words are lower case with straight apostrophes.

use std::sync::OnceLock;

/// A language whose small words are known.
pub(super) struct Language {
    /// The code of BCP 47.
    pub(super) code: &'static str,
    /// The words, parted by spaces.
    pub(super) words: &'static str,
}

/// The languages, in the order that decides a tie.
pub(super) const LANGUAGES: [Language; 14] = [
    Language {
        code: "en",
        words: "the a an and or but nor so yet if then than that this these those there here of to in on at by for \
                with from into onto over under up down out off about after before between through during against \
                without within among around across behind beyond since until while because although though unless \
                as like i me my mine myself we us our ours ourselves you your yours yourself he him his himself she \
                her hers herself it its itself they them their theirs themselves who whom whose which what when where \
                why how is am are was were be been being do does did doing done have has had having will would shall \
                should can could may might must not no yes never always ever often sometimes just only even still \
                already again once too very really quite rather almost also well more most much many few less least \
                some any all both each every either neither none other another such same own one two first last new \
                now today tomorrow yesterday tonight soon later get got go going let make made see know think want \
                need say said don't can't won't isn't aren't wasn't weren't doesn't didn't haven't hasn't hadn't \
                wouldn't couldn't shouldn't ain't i'm i've i'll i'd you're you've you'll you'd he's she's it's we're \
                we've we'll they're they've they'll that's there's here's what's who's let's cannot dont cant im ive \
                gonna wanna gotta kinda lol lmao omg tbh imo idk u ur ya yall y'all please thanks thank great good \
                oh hey wow yeah ok okay maybe perhaps however anyone someone everyone nothing something everything",
    },
    Language {
        code: "es",
        words: "el la los las un una unos unas lo al del de a en y e o u que qué no sí si con por para sin sobre entre \
                hasta desde hacia según durante mediante contra tras como cómo cuando cuándo donde dónde quien quién \
                cual cuál cuanto yo me mi mí mis tú tu te ti tus él ella ello ellos ellas se su sus le les nos \
                nosotros ustedes usted vosotros os nuestro nuestra es son era eran fue fueron ser sido soy eres somos \
                está están estoy estar estaba hay ha han he has haber había hace hacer hacen tiene tengo tener tienen \
                va van voy vamos ir puede pueden pero porque aunque pues sino ni ya más menos muy mucho mucha muchos \
                poco tan tanto también tampoco siempre nunca ahora hoy ayer mañana aquí ahí allí así bien mal mejor \
                este esta esto estos estas ese esa eso esos esas aquel otro otra otros todo toda todos todas nada nadie \
                algo alguien cada mismo solo sólo aún todavía q pa jaja jajaja gracias x xq xd",
    },
    Language {
        code: "pt",
        words: "o a os as um uma uns umas de do da dos das em no na nos nas ao aos à às e ou que não sim se com por pelo \
                pela para pra pro sem sobre entre até desde como quando onde quem qual eu me mim meu minha você vocês \
                tu te teu ele ela eles elas lhe nós seu sua seus suas nosso nossa é são era foi foram ser sou está \
                estão estou estar tá tem têm tenho ter tinha há vai vão vou ir pode mas porque pois nem já mais menos \
                muito muita muitos pouco tão também sempre nunca agora hoje ontem amanhã aqui aí ali assim bem mal \
                melhor este esta isto esse essa isso aquele aquela outro outra todo toda todos tudo nada ninguém algo \
                cada mesmo só ainda vc q kkk kkkk né obrigado gente",
    },
    Language {
        code: "fr",
        words: "le la les l un une des du de d à au aux en dans et ou où mais donc ni car que qu qui quoi quand comment \
                pourquoi si ne pas plus non oui avec sans pour par sur sous entre vers chez depuis pendant contre \
                comme je j me m moi mon ma mes tu te toi ton ta tes il elle on nous vous ils elles lui leur leurs se s \
                son sa ses notre nos votre vos c'est c ce cet cette ces ça cela est es suis sont était être été ai as a \
                ont avait avoir fait faire va vais vont aller peut très trop bien mal mieux moins aussi encore \
                toujours jamais déjà maintenant aujourd'hui hier demain ici là tout toute tous toutes rien personne \
                quelque chaque même autre autres puis alors merci y n'est j'ai qu'il qu'on d'un d'une n'a l'on",
    },
    Language {
        code: "de",
        words: "der die das den dem des ein eine einen einem einer eines und oder aber denn doch sondern nicht kein \
                keine ja nein in im an am auf aus bei beim mit nach seit von vom zu zum zur für gegen ohne um durch \
                über unter vor hinter zwischen ich mich mir mein meine du dich dir dein deine er ihn ihm sein seine \
                sie ihr ihre es wir uns unser ihnen euch wer was wann wo wie warum welche dass daß ob weil wenn als \
                ist bin bist sind war waren wäre sein gewesen hat habe haben hatte wird werden wurde kann können \
                muss müssen soll will auch noch schon nur sehr so mehr viel immer nie jetzt heute gestern morgen \
                hier da dort dann mal eben halt man alle alles nichts etwas jemand dieser diese dieses andere danke",
    },
    Language {
        code: "it",
        words: "il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla \
                in nel nella nei nelle con su sul sulla per tra fra e ed o ma però che chi cui non sì no se come quando \
                dove perché io mi me mio mia tu ti te tuo tua lui lei si suo sua noi ci nostro voi vi loro ne è sono \
                era erano essere stato sei siamo ha ho hai hanno aveva avere abbiamo fa fare va può più meno molto \
                poco tanto troppo anche ancora sempre mai già ora oggi ieri domani qui qua lì là così bene male meglio \
                questo questa questi queste quello quella quelli altro altra tutto tutti tutta niente nulla ogni \
                stesso solo grazie c'è l'ho",
    },
    Language {
        code: "nl",
        words: "de het een en of maar want dus niet geen ja nee in op aan bij met naar van voor tot uit over onder door \
                tussen tegen zonder om te ik me mij mijn je jij jou jouw u uw hij hem zijn zij ze haar wij we ons onze \
                hun hen het er wie wat wanneer waar hoe waarom welke dat die dit deze als omdat is ben bent was waren \
                heb hebt heeft hebben had wordt worden werd kan kunnen moet moeten wil zal zou ook nog al alleen heel \
                zo meer veel altijd nooit nu vandaag gisteren morgen hier daar dan even wel toch men alle alles niets \
                iets iemand andere",
    },
    Language {
        code: "tr",
        words: "ve veya ama fakat çünkü ki de da bir bu şu o ben sen biz siz onlar bana sana ona bizi benim senin onun \
                ne neden nasıl nerede kim hangi mi mı mu mü değil var yok evet hayır için ile gibi kadar sonra önce \
                göre daha en çok az her hiç bazı tüm bütün şey şimdi bugün dün yarın burada orada böyle öyle sadece \
                bile hala artık olan olarak oldu olur olsun eder etti ya yani",
    },
    Language {
        code: "id",
        words: "yang dan atau tapi tetapi karena di ke dari pada dengan untuk oleh dalam itu ini tidak bukan ada adalah \
                akan sudah belum telah sedang bisa harus boleh aku saya kamu anda dia kita kami mereka apa siapa kapan \
                mana bagaimana kenapa jika kalau saat lagi juga saja hanya sangat lebih paling banyak semua setiap \
                sekarang hari besok kemarin sini situ begitu seperti gak nggak ga yg aja udah",
    },
    Language {
        code: "pl",
        words: "i a w we z ze na do od po o u za przez przed pod nad dla bez nie tak to ten ta te tego tej tym jest są \
                był była było być będzie mam ma mają ja mnie mi ty cię ci on ona ono my wy oni jego jej ich się sobie \
                mój twój co kto kiedy gdzie jak dlaczego który która które że żeby bo ale lub albo więc czy już \
                jeszcze tylko też bardzo tu tam teraz dziś wczoraj jutro zawsze nigdy wszystko nic każdy",
    },
    Language {
        code: "sv",
        words: "och eller men för att som om när där hur vad vem varför inte ja nej i på av till från med utan under \
                över mellan hos en ett den det de dem jag mig min mitt du dig din han honom hon henne vi oss vår ni er \
                sin sitt sina är var vara varit har hade ha kan kunde ska skulle vill måste blir blev också bara mycket \
                mer så nu idag igår imorgon här alltid aldrig alla allt inget något någon man",
    },
    Language {
        code: "tl",
        words: "ang ng mga sa na at ay si ni kay sina ko mo ka ako ikaw siya kami tayo kayo sila niya namin natin ninyo \
                nila ito iyan iyon dito diyan doon hindi oo wala may mayroon lang din rin pa ba nga naman po daw kung \
                kapag pero dahil para kasi ano sino kailan saan bakit paano lahat",
    },
    Language {
        code: "ru",
        words: "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только её мне было вот \
                от меня ещё нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас опять вам ведь \
                там потом себя ничего ей может они тут где есть надо ней для мы тебя их чем была сам чтоб без чего \
                раз тоже себе под будет тогда кто этот того потому этого какой ним здесь этом один почти мой это при",
    },
    Language {
        code: "ar",
        words: "في من على إلى عن مع هذا هذه ذلك تلك التي الذي الذين و أو ثم لا ما لم لن إن أن كان كانت يكون قد كل بعض غير \
                بين عند بعد قبل حتى إذا لو كما هو هي هم نحن أنا أنت يا هل كيف متى أين ماذا لماذا الله ليس اليوم",
    },
];

/// Languages that are known by their script alone, after those with words.
pub(super) const SCRIPT_LANGUAGES: [&str; 7] = ["ja", "ko", "zh", "el", "he", "hi", "th"];

/// How many languages are told apart.
pub(super) const LANGUAGE_COUNT: usize = LANGUAGES.len() + SCRIPT_LANGUAGES.len();

/// The code of a language by its place.
pub(super) fn code(language: usize) -> Option<&'static str> {
    LANGUAGES
        .get(language)
        .map(|known| known.code)
        .or_else(|| SCRIPT_LANGUAGES.get(language.checked_sub(LANGUAGES.len())?).copied())
}

/// The place of a language by its code; what follows a hyphen is not looked at.
pub(super) fn place(code_wanted: &str) -> Option<usize> {
    let base = code_wanted.split('-').next().unwrap_or(code_wanted);
    (0..LANGUAGE_COUNT).find(|&language| code(language) == Some(base))
}

/// One use of a word: in which language, and its place among the words of all languages.
pub(super) type Use = (u8, u16);

/// All words of all languages.
pub(super) struct Lexicon {
    /// Each word's language and text, in the order of the lists.
    pub(super) words: Vec<(usize, &'static str)>,
    /// Where a word's uses stand, by open addressing; `u32::MAX` is empty.
    slots: Vec<u32>,
    /// The words that differ, each with its uses.
    entries: Vec<(&'static str, Vec<Use>)>,
}

const SLOTS: usize = 8192;

impl Lexicon {
    /// The table, built once for the process.
    pub(super) fn get() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(Self::build)
    }

    fn build() -> Self {
        let mut lexicon = Self { words: Vec::new(), slots: vec![u32::MAX; SLOTS], entries: Vec::new() };
        for (language, list) in LANGUAGES.iter().enumerate() {
            let first = lexicon.words.len();
            for word in list.words.split_whitespace() {
                if lexicon.words.iter().skip(first).any(|(_, known)| *known == word) {
                    continue;
                }
                let place = u16::try_from(lexicon.words.len()).unwrap_or(u16::MAX);
                lexicon.words.push((language, word));
                lexicon.insert(word, (u8::try_from(language).unwrap_or(u8::MAX), place));
            }
        }
        lexicon
    }

    fn insert(&mut self, word: &'static str, found: Use) {
        let mut slot = hash(word.as_bytes());
        loop {
            match self.slots.get(slot % SLOTS).copied() {
                None => return,
                Some(u32::MAX) => {
                    if let Some(empty) = self.slots.get_mut(slot % SLOTS) {
                        *empty = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
                    }
                    self.entries.push((word, vec![found]));
                    return;
                }
                Some(entry) => match self.entries.get_mut(entry as usize) {
                    Some((known, uses)) if *known == word => {
                        uses.push(found);
                        return;
                    }
                    _ => slot += 1,
                },
            }
        }
    }

    /// The uses of a word in lower case; empty for a word that is none of the small ones.
    #[inline]
    pub(super) fn find(&self, word: &str) -> &[Use] {
        let mut slot = hash(word.as_bytes());
        loop {
            match self.slots.get(slot % SLOTS) {
                None | Some(&u32::MAX) => return &[],
                Some(&entry) => match self.entries.get(entry as usize) {
                    Some((known, uses)) if *known == word => return uses,
                    _ => slot += 1,
                },
            }
        }
    }
}

/// FNV-1a, folded; the table is ours and fixed, so that nobody can choose keys that collide.
#[inline]
fn hash(bytes: &[u8]) -> usize {
    let mut hash: u32 = 0x811c_9dc5;
    for &byte in bytes {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    (hash ^ (hash >> 15)) as usize & (usize::MAX >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_in_its_language_and_no_other_word_is() {
        let lexicon = Lexicon::get();
        assert!(lexicon.entries.len() * 2 < SLOTS, "the table is too full to be fast: {}", lexicon.entries.len());
        for (place, (language, word)) in lexicon.words.iter().enumerate() {
            assert!(
                lexicon.find(word).contains(&(u8::try_from(*language).unwrap(), u16::try_from(place).unwrap())),
                "{word}"
            );
            assert_eq!(word.to_lowercase(), **word);
        }
        assert!(lexicon.find("mayweather").is_empty());
        assert!(lexicon.find("").is_empty());
    }

    #[test]
    fn languages_have_places_and_codes() {
        for language in 0..LANGUAGE_COUNT {
            assert_eq!(place(code(language).unwrap()), Some(language));
        }
        assert_eq!(place("en-GB"), Some(0));
        assert_eq!(place("und"), None);
    }
}
