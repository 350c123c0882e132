package io.github.ghostwren

import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** The root of the repository. */
val ROOT: Path = generateSequence(Path.of("").toAbsolutePath()) { it.parent }.first { it.resolve("core").toFile().isDirectory }

/** An archive to import. */
val SAMPLE: Path = ROOT.resolve("examples/rust/sample-archive")

/** The stand-ins as a process, and its control; one for all tests. */
object Sandbox {
    private val http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build()
    private val addresses: JsonObject

    init {
        val program = System.getenv("GHOSTWREN_SANDBOX") ?: ROOT.resolve("target/debug/ghostwren-sandbox").toString()
        check(File(program).exists()) { "build it first: cargo build -p ghostwren --features sandbox ($program)" }
        val process = ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        // It ends with its input, also when this process is killed.
        Runtime.getRuntime().addShutdownHook(Thread {
            process.outputStream.close()
            process.waitFor(10, TimeUnit.SECONDS)
        })
        addresses = Json.parseToJsonElement(process.inputStream.bufferedReader().readLine()).jsonObject
    }

    fun address(name: String): String = addresses.getValue(name).jsonPrimitive.content

    fun command(command: JsonObject): JsonElement {
        val request = HttpRequest.newBuilder(URI(address("control_url")))
            .POST(HttpRequest.BodyPublishers.ofString(command.toString()))
        val answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() == 200) { answer.body() }
        return Json.parseToJsonElement(answer.body())
    }

    fun command(what: String, vararg more: Pair<String, JsonElement>): JsonElement =
        command(JsonObject(mapOf("do" to JsonPrimitive(what)) + more))

    /** What a browser does with an address: asks for it, and says where it was sent. */
    fun browse(url: String): String {
        val answer = http.send(HttpRequest.newBuilder(URI(url)).build(), HttpResponse.BodyHandlers.discarding())
        return answer.headers().firstValue("location").orElseThrow { IllegalStateException("sent nowhere: $answer") }
    }
}
