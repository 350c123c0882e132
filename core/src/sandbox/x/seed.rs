//! What a test puts into the world, and timelines that are made up: the same seed gives the same tweets.

use chrono::{DateTime, Utc};

use super::world::{Media, Poll, Tweet, User, World};

/// A person to add to the stand-in.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewUser {
    pub(crate) id: Option<u64>,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) protected: bool,
    pub(crate) premium: bool,
}

impl NewUser {
    /// A person with that handle, without the `@`: letters, digits and `_`, at most 15.
    pub fn new(username: impl Into<String>) -> Self {
        let username = username.into();
        Self {
            id: None,
            name: username.clone(),
            username,
            description: String::new(),
            protected: false,
            premium: false,
        }
    }

    /// The id; by default a new one.
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// The display name; by default the handle.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The profile's text.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Only the person sees the tweets.
    pub fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    /// A Premium account: long texts and edits.
    pub fn premium(mut self) -> Self {
        self.premium = true;
        self
    }

    pub(crate) fn build(self, id: u64) -> User {
        User {
            id,
            location: "Bremen".to_owned(),
            url: format!("https://{}.example.com", self.username.to_lowercase().replace('_', "-")),
            email: format!("{}@example.com", self.username.to_lowercase()),
            username: self.username,
            name: self.name,
            description: self.description,
            protected: self.protected,
            premium: self.premium,
            created_at: 1_325_376_000_000,
            pinned: None,
        }
    }
}

/// A tweet to add to the stand-in.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct NewTweet {
    pub(crate) text: String,
    pub(crate) id: Option<u64>,
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) lang: Option<String>,
    pub(crate) reply_to: Option<u64>,
    pub(crate) quotes: Option<u64>,
    pub(crate) retweets: Option<u64>,
    pub(crate) photos: Vec<String>,
    pub(crate) video: bool,
    pub(crate) poll: Vec<String>,
    pub(crate) place: bool,
}

impl NewTweet {
    /// A tweet with that text. Links become short links; a text that weighs more than 280 becomes a note.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// The id; by default one of its moment.
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// The moment; by default that of its id, or now.
    pub fn at(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }

    /// The language; by default `en`.
    pub fn lang(mut self, lang: impl Into<String>) -> Self {
        self.lang = Some(lang.into());
        self
    }

    /// The tweet that it answers, which may be unknown or deleted.
    pub fn reply_to(mut self, id: u64) -> Self {
        self.reply_to = Some(id);
        self
    }

    /// The tweet that it quotes.
    pub fn quotes(mut self, id: u64) -> Self {
        self.quotes = Some(id);
        self
    }

    /// The tweet that it repeats; its own text is not used.
    pub fn retweets(mut self, id: u64) -> Self {
        self.retweets = Some(id);
        self
    }

    /// Adds a photo with its description.
    pub fn photo(mut self, alt: impl Into<String>) -> Self {
        self.photos.push(alt.into());
        self
    }

    /// Adds a video.
    pub fn video(mut self) -> Self {
        self.video = true;
        self
    }

    /// Adds a poll of two to four options.
    pub fn poll(mut self, options: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.poll = options.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a place.
    pub fn place(mut self) -> Self {
        self.place = true;
        self
    }
}

/// Keeps a tweet of a person.
pub(crate) fn add(world: &mut World, author: u64, new: NewTweet, now: i64) -> u64 {
    let at = new.at.map(|at| at.timestamp_millis());
    let at = at.or_else(|| new.id.map(World::moment)).unwrap_or(now);
    let id = new.id.unwrap_or_else(|| if at == now { world.new_id(now) } else { world.id_at(at) });
    let mut media = Vec::new();
    for (index, alt) in new.photos.into_iter().enumerate() {
        let key = format!("3_{}", id + index as u64);
        let alt = (!alt.is_empty()).then_some(alt);
        world.media.insert(key.clone(), made_up(&key, "photo", alt));
        media.push(key);
    }
    if new.video {
        let key = format!("7_{id}");
        world.media.insert(key.clone(), made_up(&key, "video", None));
        media.push(key);
    }
    let poll = (!new.poll.is_empty()).then_some(id);
    if poll.is_some() {
        world.polls.insert(id, Poll { id, options: new.poll, minutes: 1440, ends: at + 86_400_000 });
    }
    let lang = new.lang.unwrap_or_else(|| "en".to_owned());
    world.put(Tweet {
        id,
        author,
        at,
        text: new.text,
        lang,
        reply_to: new.reply_to,
        quotes: new.quotes,
        retweets: new.retweets,
        media,
        poll,
        place: new.place,
        ..Tweet::default()
    })
}

fn made_up(key: &str, kind: &'static str, alt: Option<String>) -> Media {
    Media { key: key.to_owned(), kind, alt, width: 1200, height: 675, duration_ms: (kind == "video").then_some(12_500) }
}

/// The account that a new stand-in has, and the people around it.
pub(crate) const WREN: u64 = 1_500_000_000_000_000_001;
const BAKER: u64 = 1_500_000_000_000_000_002;
const LOCKED: u64 = 1_500_000_000_000_000_003;
/// When the others wrote: before every timeline that is made up.
const LONG_AGO: i64 = 1_577_836_800_000;

/// The people of a new stand-in: an account, somebody it talks with, and one whose tweets are protected.
pub(crate) fn people(world: &mut World) {
    let wren = NewUser::new("sandbox_wren").name("Wren of the sandbox").description("small bird, loud <voice> & tea");
    let baker = NewUser::new("night_baker").name("Night baker 🥖");
    let locked = NewUser::new("quiet_one").name("Quiet one").protected();
    for (id, user) in [(WREN, wren), (BAKER, baker), (LOCKED, locked)] {
        world.put_user(user.build(id));
    }
    for (index, text) in BAKER_SAYS.iter().enumerate() {
        let at = LONG_AGO + index as i64 * 60_000;
        add(world, BAKER, NewTweet::new(*text).id(World::first_id(at)), at);
    }
    add(world, LOCKED, NewTweet::new("this is for my friends").id(World::first_id(LONG_AGO) + 1), LONG_AGO);
}

const BAKER_SAYS: [&str; 4] = [
    "the oven is warm again & the cat is pleased 🐈‍⬛ what does everybody bake on a day like this, when the mill forgets \
     us, the rain comes down sideways, the printer jams at three in the morning and the flour is damp to the touch?",
    "rye is patience, wheat is gossip",
    "@sandbox_wren is there a bird in your oven?",
    "half a croissant came back today. half… https://example.com/croissant",
];

const SAYINGS: [(&str, &str); 14] = [
    ("en", "ok so the tea was cold again. i drank it anyway"),
    ("en", "moved a semicolon, broke the build, made soup"),
    ("en", "three hours of rust and the only unsafe thing was the stove"),
    ("en", "if x < 3 && y > 4 then we are lost, said nobody on a bus"),
    ("en", "new notes on slow software https://example.com/notes/slow?page=2 #software"),
    ("de", "heute morgen saß ein zaunkönig auf dem mülleimer und schimpfte. verständlich"),
    ("de", "ich habe „nur kurz“ refaktoriert. es ist jetzt dunkel draußen"),
    ("ja", "朝の紅茶がぬるい。鳥は元気。"),
    ("es", "¿quién dejó la ventana abierta? el pájaro, claro"),
    ("fr", "l'hiver arrive, le chat a pris ma chaise"),
    ("ar", "الشاي بارد والطائر يغني"),
    ("en", "line one\n\nline three. line two is private"),
    ("en", "good morning to the wren 👩🏽‍🚀 and to nobody else 🐦"),
    ("en", "watching $TWTR like a kettle, thanks @night_baker"),
];

/// Makes up the newest `count` tweets of a person, ending at a moment: two hours apart, or less where so many would reach
/// back to the beginning.
pub(crate) fn timeline(world: &mut World, author: u64, count: usize, seed: u64, end: i64) -> Vec<u64> {
    const HOUR: i64 = 3_600_000;
    let mut rng = fastrand::Rng::with_seed(seed);
    let others: Vec<u64> = world.tweets().filter(|tweet| tweet.author != author).map(|tweet| tweet.id).collect();
    let apart = ((end - LONG_AGO - 24 * HOUR) / (count as i64 + 1)).clamp(8, 2 * HOUR);
    let (mut ids, mut thread): (Vec<u64>, u8) = (Vec::with_capacity(count), 0);
    for number in 0..count {
        let at = end - (count - number) as i64 * apart + rng.i64(0..apart / 4);
        let (lang, saying) = SAYINGS[rng.usize(0..SAYINGS.len())];
        let text = format!("{saying} ({})", number + 1);
        let mut new = NewTweet::new(text.clone()).lang(lang);
        // Nobody answers what is not written yet.
        let known = others.partition_point(|other| *other < World::first_id(at));
        let other = others.get(rng.usize(0..known.max(1))).copied().filter(|_| known > 0);
        if thread > 0 {
            thread -= 1;
            new.reply_to = ids.last().copied();
        } else {
            match (rng.u8(0..20), other) {
                (0, Some(other)) => new = NewTweet::new("").retweets(other).lang("en"),
                (1, Some(other)) => new.quotes = Some(other),
                (2 | 3, Some(other)) => {
                    new.text = format!("@night_baker {text}");
                    new.reply_to = Some(other);
                }
                // An answer to a tweet that is gone.
                (4, _) => new.reply_to = Some(World::first_id(at - apart) + 4095),
                (5, _) => thread = 2,
                (6, _) => new.text = note(&text, &mut rng),
                (7, _) => new = new.photo("a wren on a bin"),
                (8, _) => new = new.photo("").photo("tea, cold"),
                (9, _) => new.video = true,
                (10, _) => new = new.poll(["tea", "soup"]),
                (11, _) => new.place = true,
                _ => {}
            }
        }
        let plain = new.retweets.is_none();
        let id = World::first_id(at) + number as u64 % 4096;
        let mut id = add(world, author, new.id(id), at);
        // One in twenty-five was edited a little later.
        if plain && number % 25 == 24 {
            id = world.edit(id, &format!("{text} (edited)"), at + apart / 4).unwrap_or(id);
        }
        ids.push(id);
    }
    ids.reverse();
    ids
}

/// A text that is longer than a tweet.
fn note(start: &str, rng: &mut fastrand::Rng) -> String {
    let mut text = start.to_owned();
    for _ in 0..rng.usize(6..12) {
        text.push_str("\n\n");
        text.push_str(SAYINGS[rng.usize(0..5)].1);
    }
    text
}
