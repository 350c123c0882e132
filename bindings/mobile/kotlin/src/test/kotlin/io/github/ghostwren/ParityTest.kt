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

    /** Whether there is such a class, member of a class, or function of a package. */
    private fun isThere(path: String): Boolean {
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
        val stale = names.keys - bound
        assertEquals(emptySet(), stale)
        val missing = bound.map { names[it] ?: camel(it) }.filter { !it.startsWith("absent: ") && !isThere(it) }
        assertEquals(emptyList(), missing)
    }
}
