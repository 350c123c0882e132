// The whole job: import an archive, learn the style, draft tweets.
//
//     cargo build -p ghostwren-mobile
//     mvn -q -f bindings/mobile/kotlin test-compile exec:java
//
// Without a key in `OPENAI_API_KEY` a model of six lines takes the place of GPT-4o, so that it runs at once; without an
// archive it takes the sample beside the Rust example.

import io.github.ghostwren.DraftRequest
import io.github.ghostwren.Ghostwren
import io.github.ghostwren.model.Model
import io.github.ghostwren.model.ModelAnswer
import io.github.ghostwren.model.ModelRequest
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.records.ImportEvent
import io.github.ghostwren.store.MemoryTokenStore
import io.github.ghostwren.store.SqliteStore
import io.github.ghostwren.store.TokenStore
import io.github.ghostwren.use
import java.nio.file.Path
import kotlin.io.path.createTempDirectory
import kotlinx.coroutines.runBlocking

/** A stand-in for a model, which says what the topic is in a few ways. */
class Parrot(private val topic: String) : Model {
    override val name = "parrot"

    override suspend fun complete(request: ModelRequest): ModelAnswer {
        val ways = listOf("honestly: $topic", "ok so, $topic", "$topic. that's the tweet", "nobody tells you this: $topic")
        return ModelAnswer(ways.joinToString(prefix = """{"tweets": [""", postfix = "]}") { "\"$it\"" })
    }
}

fun main(arguments: Array<String>) = runBlocking {
    val archive = Path.of(arguments.getOrElse(0) { "examples/rust/sample-archive" })
    val topic = arguments.getOrElse(1) { "why the build is slow again" }
    // On Android: AndroidTokenStore(context), which keeps the person's own key behind the Keystore.
    val key = System.getenv("OPENAI_API_KEY")
    val tokens = MemoryTokenStore(if (key == null) emptyMap() else mapOf(TokenStore.MODEL_KEY to key))
    val model = if (key == null) Parrot(topic) else OpenAi()
    val file = createTempDirectory("ghostwren").resolve("ghostwren.db")

    Ghostwren(SqliteStore(file), model, tokens = tokens).use { wren ->
        val account = wren.user().openAccount("main")

        account.importArchive(archive).collect { event ->
            if (event is ImportEvent.Progressed) println("${event.progress.counts.inserted} tweets imported")
        }

        val style = account.analyzeStyle(askModel = model is OpenAi)
        println(style.profile.sufficiency.message)
        for (habit in style.profile.summary().characteristicHabits.take(5)) {
            println("  ${habit.label}: %.2f (${if (habit.z > 0) "more" else "less"} than others)".format(habit.value))
        }

        val report = account.generate(DraftRequest(topic, count = 3))
        for (draft in report) println("- ${draft.text}  [${draft.weightedLength} of 280]")
        for (rejected in report.generation.rejected.take(3)) println("x ${rejected.text}: ${rejected.reason}")
    }
}
