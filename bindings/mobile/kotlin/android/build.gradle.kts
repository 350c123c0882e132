// The package for Android: the Kotlin of ../src/main and the libraries that scripts/android.sh puts into jniLibs.
plugins {
    id("com.android.library") version "9.0.1"
    // Android's plugin has a Kotlin of its own (2.2.10 in 9.0.1); this one brings that to its version, by the platform that it names.
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
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
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
    // For OkHttpTransport alone: an app that uses it brings its own.
    compileOnly("com.squareup.okhttp3:okhttp:5.5.1")
    androidTestImplementation("androidx.test:runner:1.7.0")
}

// Maven Central wants a jar of documentation. The comments are in that of the sources; this one says where to read.
val documentation by tasks.registering(Jar::class) {
    archiveClassifier = "javadoc"
    from("../../README.md")
}

// Into a folder, of which scripts/central.sh makes what Maven Central takes.
publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "ghostwren-android"
            artifact(documentation)
            pom {
                name = "ghostwren-android"
                description = "Log in with Twitter/X, import your tweets, learn your style, draft new tweets in your voice"
                url = "https://github.com/ghostwren/ghostwren"
                licenses {
                    license {
                        name = "MIT"
                        url = "https://opensource.org/license/mit"
                    }
                    license {
                        name = "Apache-2.0"
                        url = "https://www.apache.org/licenses/LICENSE-2.0"
                    }
                }
                developers {
                    developer {
                        name = "The Ghostwren developers"
                        url = "https://github.com/ghostwren"
                    }
                }
                scm {
                    connection = "scm:git:https://github.com/ghostwren/ghostwren.git"
                    url = "https://github.com/ghostwren/ghostwren"
                }
            }
            afterEvaluate { from(components["release"]) }
        }
    }
    repositories {
        maven {
            name = "folder"
            url = uri("build/repository")
        }
    }
}
