// The package for Android: the Kotlin of ../src/main and the libraries that scripts/android.sh puts into jniLibs.
plugins {
    id("com.android.library") version "9.0.1"
    id("org.jetbrains.kotlin.plugin.serialization") version "2.4.0"
    `maven-publish`
}

group = "io.github.ghostwren"
version = "0.1.0"

android {
    namespace = "io.github.ghostwren.android"
    compileSdk = 36

    defaultConfig {
        // java.time and java.nio.file.Path.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }

    sourceSets["main"].apply {
        kotlin.directories.add("../src/main/kotlin")
        jniLibs.directories.add("jniLibs")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    publishing {
        singleVariant("release") { withSourcesJar() }
    }
}

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    api("org.jetbrains.kotlinx:kotlinx-serialization-json:1.12.0")
    // With its own native library for each architecture.
    implementation("net.java.dev.jna:jna:5.19.1@aar")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "ghostwren-android"
            afterEvaluate { from(components["release"]) }
        }
    }
    repositories {
        maven {
            name = "central"
            url = uri(providers.environmentVariable("MAVEN_URL").orElse("build/repository").get())
            credentials {
                username = providers.environmentVariable("MAVEN_USER").orNull
                password = providers.environmentVariable("MAVEN_PASSWORD").orNull
            }
        }
    }
}
