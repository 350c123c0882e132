import Foundation
import GhostwrenNative

/// One Twitter account of one user. Cheap to make, to keep and to pass on.
public struct Account: Sendable, Identifiable, CustomStringConvertible {
    let session: Session
    let who: Arguments

    /// The id, for `User.account`.
    public let id: String

    public var description: String { "Account(\(id))" }

    private func of(_ named: KeyValuePairs<String, any Argument> = [:]) -> Arguments {
        with(arguments(named))
    }

    private func with(_ more: Arguments) -> Arguments {
        more.merging(who) { _, own in own }.merging(["account": .string(id)]) { _, own in own }
    }

    private func call<Value: Decodable>(_ name: String, _ arguments: Arguments) async throws -> Value {
        try await session.call("account." + name, arguments)
    }

    private func work(_ name: String, _ arguments: Arguments) -> Import {
        let events = Events(
            session: session,
            name: "account." + name,
            arguments: arguments,
            read: ImportEvent.read
        )
        return Work(events: events) { event in
            if case .finished(let report) = event { return report }
            return nil
        }
    }

    /// The account as it is stored now.
    public func record() async throws -> AccountRecord {
        try await call("record", of())
    }

    // MARK: Imports

    /// Imports an X data archive: the zip as X sent it, or the folder it was unpacked to. Free and complete; importing the
    /// same archive again writes nothing for tweets that are unchanged.
    public func importArchive(_ path: URL) -> Import {
        work("import_archive", of(["path": path]))
    }

    /// Imports the timeline of the connected account: the newest 3,200 tweets, for money (`previewImport`).
    public func importTimeline(_ options: ImportOptions = ImportOptions()) throws -> Import {
        work("import_timeline", with(try Wire.plain(options)))
    }

    /// Imports an archive, and then from the X API only what came after it.
    public func importAll(_ archive: URL, _ options: ImportOptions = ImportOptions()) throws -> Import {
        work("import_all", of(["path": archive]).merging(try Wire.plain(options)) { own, _ in own })
    }

    /// Asks X which of the stored tweets are gone, and forgets them as X's rules want it.
    public func reconcile(_ options: ImportOptions = ImportOptions()) throws -> Import {
        work("reconcile", with(try Wire.plain(options)))
    }

    /// The imports, newest first.
    public func imports() async throws -> [ImportRun] {
        try await call("imports", of())
    }

    /// What importing the timeline would read and cost.
    public func previewImport(_ options: ImportOptions = ImportOptions()) async throws -> ImportPreview {
        try await call("preview_import", with(try Wire.plain(options)))
    }

    /// What `reconcile` would ask for and cost.
    public func previewReconcile() async throws -> ReconcilePreview {
        try await call("preview_reconcile", of())
    }

    // MARK: Tweets

    /// A page of tweets, at most 1,000, and the cursor of the next one.
    public func tweets(
        _ query: TweetQuery = TweetQuery(),
        limit: Int = 100,
        after: String? = nil
    ) async throws -> (items: TweetList, next: String?) {
        let page = arguments(["limit": limit, "after": after])
        return try await session.found("account.tweets", with(try Wire.plain(query).merging(page) { _, new in new }))
    }

    /// Every tweet that matches: their records stay in Rust, each is read when it is looked at.
    public func allTweets(_ query: TweetQuery = TweetQuery()) async throws -> TweetList {
        try await session.found("account.all_tweets", with(try Wire.plain(query))).0
    }

    /// How many tweets match.
    public func countTweets(_ query: TweetQuery = TweetQuery()) async throws -> Int {
        try await call("count_tweets", with(try Wire.plain(query)))
    }

    /// How many tweets there are of each kind, language and so on.
    public func totals() async throws -> TweetTotals {
        try await call("totals", of())
    }

    /// Excludes tweets from the style or labels them; gives how many changed. At most 1,000 ids.
    public func markTweets(
        _ ids: [String],
        excluded: Bool? = nil,
        addLabels: [String] = [],
        removeLabels: [String] = []
    ) async throws -> Int {
        let marks: KeyValuePairs<String, any Argument> = [
            "ids": ids, "excluded": excluded, "add_labels": addLabels, "remove_labels": removeLabels,
        ]
        return try await call("mark_tweets", of(marks))
    }

    /// Keeps tweets out of the style; gives how many changed.
    public func excludeTweets(_ ids: [String]) async throws -> Int {
        try await call("exclude_tweets", of(["ids": ids]))
    }

    // MARK: Style and drafts

    /// Learns the style: counts it, lets the model put it into words, and keeps both. The same tweets cost nothing a second
    /// time.
    public func analyzeStyle(askModel: Bool = true, again: Bool = false) async throws -> StyleReport {
        try StyleReport(try await session.reply("account.analyze_style", of(["ask_model": askModel, "again": again])))
    }

    /// The newest profile that is stored; `nil` before the first analysis.
    public func styleProfile() async throws -> ProfileRecord? {
        try await call("style_profile", of())
    }

    /// Drafts tweets in the owner's voice and keeps them.
    public func generate(_ request: DraftRequest) async throws -> GenerationReport {
        try await call("generate", of(["request": try request.whole()]))
    }

    /// Drafts tweets about something in the owner's voice and keeps them.
    public func generate(_ topic: String, count: Int = 3) async throws -> GenerationReport {
        try await generate(DraftRequest(topic, count: count))
    }

    /// As `generate`, showing each candidate as it grows.
    public func generateStream(_ request: DraftRequest) throws -> Generating {
        let events = Events(
            session: session,
            name: "account.generate",
            arguments: of(["request": try request.whole()]),
            read: DraftEvent.read
        )
        return Work(events: events) { event in
            if case .finished(let report) = event { return report }
            return nil
        }
    }

    /// What `generate` would cost at most. Sends nothing.
    public func preview(_ request: DraftRequest) async throws -> CostPreview {
        try await call("preview", of(["call": JSONValue.object(["generate": try request.whole()])]))
    }

    /// What a call would cost at most: `import_archive` or `analyze_style`. Sends nothing.
    public func preview(call name: String) async throws -> CostPreview {
        try await call("preview", of(["call": name]))
    }

    /// A page of drafts, newest first.
    public func drafts(
        state: DraftState? = nil,
        generation: String? = nil,
        limit: Int = 100,
        after: String? = nil
    ) async throws -> Page<Draft> {
        let query: KeyValuePairs<String, any Argument> = [
            "state": state?.rawValue, "generation": generation, "limit": limit, "after": after,
        ]
        return try await call("drafts", of(query))
    }

    /// One draft.
    public func draft(_ id: String) async throws -> Draft {
        try await call("draft", of(["id": id]))
    }

    /// Lets a draft be published.
    public func approve(_ id: String) async throws -> Draft {
        try await call("approve", of(["id": id]))
    }

    /// Rejects a draft; why steers the next generation.
    public func reject(_ id: String, note: String? = nil) async throws -> Draft {
        try await call("reject", of(["id": id, "note": note]))
    }

    /// Gives a draft another text; what was changed steers the next generation.
    public func editDraft(_ id: String, text: String) async throws -> Draft {
        try await call("edit_draft", of(["id": id, "text": text]))
    }

    // MARK: Publishing

    /// Connects this account at Twitter, or connects it again: with the same Twitter user where it has one.
    public func connect() -> Connect {
        Connect(session: session, who: who, of: of())
    }

    /// How the account stands with Twitter, as the store has it; X is not asked.
    public func connection() async throws -> Connection {
        try await call("connection", of())
    }

    /// Ends the login; whether X confirmed it. Tweets and drafts stay.
    public func disconnect() async throws -> Bool {
        try await call("disconnect", of())
    }

    /// Publishes approved drafts. Called again after a failure it goes on where it stopped, and tweets nothing twice.
    public func publish(_ request: PublishRequest) async throws -> PublishReport {
        try await call("publish", with(try Wire.plain(request)))
    }

    /// What publishing would cost and what X would refuse. Sends nothing.
    public func previewPublish(_ request: PublishRequest) async throws -> PublishPreview {
        try await call("preview_publish", with(try Wire.plain(request)))
    }

    /// Goes on with an entry of the outbox, such as the `outbox` of an error.
    public func resumePublish(_ outbox: String) async throws -> PublishReport {
        try await call("resume_publish", of(["outbox": outbox]))
    }

    /// Says what became of an entry of the outbox that cannot go on by itself: the tweet in doubt is on Twitter under this
    /// `tweetId` (`posted`), is not there and may be sent again (`not_posted`), or nothing more is sent (`given_up`).
    public func resolvePublish(_ outbox: String, _ resolution: String, tweetId: String? = nil) async throws -> OutboxEntry {
        var said = arguments(["resolution": resolution])
        if let tweetId {
            said["tweet_id"] = .string(tweetId)
        }
        var named = of(["outbox": outbox])
        named["resolution"] = .object(said)
        return try await call("resolve_publish", named)
    }

    /// Deletes at X what was published of a draft, and gives the ids.
    public func unpublish(_ draft: String) async throws -> [String] {
        try await call("unpublish", of(["draft": draft]))
    }

    /// What is to be published, what was, and what is in doubt; newest first.
    public func outbox(limit: Int = 100, after: String? = nil) async throws -> Page<OutboxEntry> {
        try await call("outbox", of(["limit": limit, "after": after]))
    }

    // MARK: Log, export, erase

    /// The model calls, newest first.
    public func aiRuns(limit: Int = 100, after: String? = nil) async throws -> Page<AiRun> {
        try await call("ai_runs", of(["limit": limit, "after": after]))
    }

    /// What was spent, by UTC day, newest first.
    public func spend() async throws -> [SpendRecord] {
        try await call("spend", of())
    }

    /// The audit log, newest first.
    public func auditLog(limit: Int = 100, after: String? = nil) async throws -> Page<AuditEvent> {
        try await call("audit_log", of(["limit": limit, "after": after]))
    }

    /// Everything that is stored of the account, as plain data: `{"type": "tweet", …}`, the last one `{"type": "end"}`.
    public func export() -> Events<JSONValue> {
        Events(session: session, name: "account.export", arguments: of(), read: { $0 })
    }

    /// Writes `export` to a file of JSON lines, which appears when it is whole; gives the number of lines.
    public func exportTo(_ path: URL) async throws -> Int {
        try await call("export_to", of(["path": path]))
    }

    // MARK: Files, which a store on Supabase keeps

    /// Keeps an export beside the account's rows, named after its content: the same data is kept once.
    public func saveExport() async throws -> StoredFile {
        try await call("save_export", of())
    }

    /// Keeps the drafts, or those of one state, as lines of JSON.
    public func saveDrafts(state: String? = nil) async throws -> StoredFile {
        try await call("save_drafts", of(["state": state]))
    }

    /// Keeps the newest style profile as JSON.
    public func saveStyle() async throws -> StoredFile {
        try await call("save_style", of())
    }

    /// The files that are kept.
    public func savedFiles() async throws -> [StoredFile] {
        try await call("saved_files", of())
    }

    /// An address that lets whoever has it read a file for so many seconds.
    public func fileAddress(_ name: String, lives: TimeInterval = 3600) async throws -> FileAddress {
        try await call("file_address", of(["name": name, "lives_seconds": lives]))
    }

    /// Publishes a file: everybody who knows the address that this gives may read it.
    public func publishFile(_ name: String) async throws -> String {
        try await call("publish_file", of(["name": name]))
    }

    /// Takes the public copy away; `false` when there is none.
    public func unpublishFile(_ name: String) async throws -> Bool {
        try await call("unpublish_file", of(["name": name]))
    }

    /// Removes a file with its public copy; `false` when there is none.
    public func removeFile(_ name: String) async throws -> Bool {
        try await call("remove_file", of(["name": name]))
    }

    /// Erases everything of the account; its login is revoked first. What was spent and done stays, anonymous.
    public func erase() async throws -> Erased {
        try await call("erase", of())
    }

    /// Erases tweets and what was made of them.
    public func eraseTweets(_ ids: [String]) async throws -> Erased {
        try await call("erase_tweets", of(["ids": ids]))
    }
}
