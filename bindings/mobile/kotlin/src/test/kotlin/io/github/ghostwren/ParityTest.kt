package io.github.ghostwren

import java.lang.reflect.Modifier
import kotlin.io.path.readLines
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** What `bindings/parity.toml` names is there, under Kotlin's names. */
class ParityTest {
    private fun section(wanted: String): Map<String, String> {
        var section = ""
        val found = linkedMapOf<String, String>()
        for (line in ROOT.resolve("bindings/parity.toml").readLines()) {
            if (line.startsWith("[")) section = line.trim('[', ']')
            else if (section == wanted && " = " in line) {
                val (key, value) = line.split(" = ", limit = 2).map { it.trim('"') }
                found[key] = value
            }
        }
        return found
    }

    private fun camel(name: String) = Regex("_(.)").replace(name) { it.groupValues[1].uppercase() }

    private fun load(name: String): Class<*>? = runCatching { Class.forName("io.github.ghostwren.$name") }.getOrNull()

    private fun members(of: Class<*>): Set<String> {
        val companion = of.declaredClasses.filter { it.simpleName == "Companion" }.flatMap { it.methods.toList() }
        return (of.methods.toList() + companion)
            .filter { Modifier.isPublic(it.modifiers) }
            // Names of functions with a value class among their parameters end with a hash.
            .map { it.name.substringBefore('-') }
            .flatMap { listOf(it, it.removePrefix("get").replaceFirstChar(Char::lowercase)) }
            .toSet()
    }

    private val sources: String =
        ROOT.resolve("bindings/mobile/kotlin/src/main").toFile().walk().filter { it.extension == "kt" }
            .joinToString("\n") { it.readText() }

    /** The text from a parenthesis that opens there to the one that closes it. */
    private fun inParentheses(from: Int): String {
        var depth = 0
        for (at in from until sources.length) {
            when (sources[at]) {
                '(' -> depth++
                ')' -> if (--depth == 0) return sources.substring(from, at)
            }
        }
        return ""
    }

    /** Whether a constructor of a class, or a function of a package, has a parameter of this name. */
    private fun hasOption(of: String, option: String): Boolean {
        val name = of.substringAfterLast('.')
        val begins = if (name.first().isUpperCase()) {
            val body = Regex("""\bclass $name\b""").find(sources)?.range?.first ?: return false
            val ends = Regex("""\n}""").find(sources, body)?.range?.first ?: sources.length
            listOf(sources.indexOf('(', body)) +
                Regex("""\bconstructor\(""").findAll(sources, body).map { it.range.last }.takeWhile { it < ends }
        } else {
            Regex("""\bfun $name\(""").findAll(sources).map { it.range.last }.toList()
        }
        return begins.any { Regex("""\b$option:""").containsMatchIn(inParentheses(it)) }
    }

    /** Whether there is such a class, member of a class, function of a package, or option of one of them. */
    private fun isThere(path: String): Boolean {
        Regex("""(.*)\((\w+)\)""").matchEntire(path)?.destructured?.let { (of, option) ->
            return isThere(of) && hasOption(of, option)
        }
        if (load(path) != null) return true
        val owner = path.substringBeforeLast('.', "")
        val name = path.substringAfterLast('.')
        load(owner)?.let { return name in members(it) }
        // Functions of a package are in a class that is named after its file.
        val file = owner.replaceFirstChar(Char::uppercase) + "Kt"
        return listOf("$owner.$file", "records.TweetsKt".takeIf { owner == "records" })
            .filterNotNull().mapNotNull(::load).any { name in members(it) }
    }

    @Test
    fun `what is bound is there`() {
        val names = section("kotlin")
        val bound = section("bound").values.toSet()
        assertTrue(bound.size > 100, "only ${bound.size} names were read")
        // A name with `*` speaks of all members or options of a class.
        val all = names.filterKeys { "*" in it }.map { (from, to) ->
            Regex(from.split("*").joinToString("(.*)", transform = Regex::escape)) to camel(to)
        }
        fun named(path: String): String =
            names[path]?.let(::camel)
                ?: all.firstNotNullOfOrNull { (from, to) -> from.matchEntire(path)?.let { to.replace("*", camel(it.groupValues[1])) } }
                ?: camel(path)
        assertEquals(emptySet(), names.keys.filter { "*" !in it }.toSet() - bound)
        val missing = bound.map(::named).filter { !it.startsWith("absent: ") && !isThere(it) }
        assertEquals(emptyList(), missing)
        assertEquals(listOf("openai.OpenAi(nothing)", "text.parse(nothing)", "GhostwrenException.nothing").filter(::isThere), emptyList())
    }
}
