import Foundation

/// Tweet text by Twitter's rules, and text on its way to a screen or an index. Not called `Text`, which is SwiftUI's.
public enum TweetText {
    /// The length as X counts it, of which a tweet may have 280.
    public static func weightedLength(_ text: String) throws -> Int {
        try call("text.weighted_length", arguments(["text": text]))
    }

    /// What X makes of a text.
    public static func parse(_ text: String, limit: Int = 280) throws -> ParsedTweet {
        try call("text.parse", arguments(["text": text, "limit": limit]))
    }

    private static func extract(_ text: String, what: String?) throws -> [Entity] {
        try call("text.extract", arguments(["text": text, "what": what]))
    }

    /// Links, people, hashtags and cashtags, in their order.
    public static func extract(_ text: String) throws -> [Entity] {
        try extract(text, what: nil)
    }

    /// Links.
    public static func extractUrls(_ text: String) throws -> [Entity] {
        try extract(text, what: "urls")
    }

    /// People.
    public static func extractMentions(_ text: String) throws -> [Entity] {
        try extract(text, what: "mentions")
    }

    /// People and lists.
    public static func extractMentionsOrLists(_ text: String) throws -> [Entity] {
        try extract(text, what: "mentions_or_lists")
    }

    /// Hashtags.
    public static func extractHashtags(_ text: String) throws -> [Entity] {
        try extract(text, what: "hashtags")
    }

    /// Cashtags.
    public static func extractCashtags(_ text: String) throws -> [Entity] {
        try extract(text, what: "cashtags")
    }

    /// The handle that a text begins by answering, without `@`.
    public static func replyTo(_ text: String) throws -> String? {
        try call("text.reply_to", arguments(["text": text]))
    }

    /// Whether X would see a link.
    public static func hasUrl(_ text: String) throws -> Bool {
        try call("text.has_url", arguments(["text": text]))
    }

    /// How many cashtags X would see.
    public static func cashtagCount(_ text: String) throws -> Int {
        try call("text.cashtag_count", arguments(["text": text]))
    }

    /// The words of a text as the index of the stores keeps them.
    public static func searchTerms(_ text: String) throws -> String {
        try call("text.search_terms", arguments(["text": text]))
    }

    /// The parts of a search (words, `"a phrase"`, `prefix*`); `invalidInput` for one that cannot be used.
    public static func searchQuery(_ text: String) throws -> [SearchClause] {
        try call("text.search_query", arguments(["text": text]))
    }

    /// The text with its control and bidirectional characters made visible, for a screen.
    public static func escapeControls(_ text: String) throws -> String {
        try call("text.escape_controls", arguments(["text": text]))
    }

    /// The text with the HTML escapes undone that Twitter puts into it.
    public static func unescapeHtml(_ text: String) throws -> String {
        try call("text.unescape_html", arguments(["text": text]))
    }

    /// The id of the tweet that a link leads to.
    public static func statusId(_ url: String) throws -> String? {
        try call("text.status_id", arguments(["text": url]))
    }
}

/// What can be said of an id.
public enum Records {
    /// Compares ids of tweets or users as the numbers they are: -1, 0 or 1.
    public static func compareIds(_ a: String, _ b: String) throws -> Int {
        try call("records.compare_ids", arguments(["a": a, "b": b]))
    }

    /// Whether the text is an id as Twitter gives them: 1 to 19 digits without a leading zero.
    public static func isValidId(_ text: String) throws -> Bool {
        try call("records.is_valid_id", arguments(["text": text]))
    }

    /// When a tweet was made, out of its id; `nil` for the ids before November 2010.
    public static func timeOfId(_ text: String) throws -> Date? {
        try call("records.time_of_id", arguments(["text": text]))
    }
}
