namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>What is left of a Dockerfile without the values of variables.</summary>
public sealed class DockerfileTextTests
{
    [Fact]
    public void WithoutValues_WholeFile_KeepsEverythingButValues() => DockerfileText.WithoutValues("""
        # syntax=docker/dockerfile:1
        FROM node:22-slim AS build
        ARG NODE_VERSION=22
        ENV NODE_ENV=production DATABASE_URL="postgres://worker:canary one@db/jobs" B='canary' C=canary\ two
        RUN apt-get update && \
            apt-get install -y ffmpeg
        env OLD canary three four
        ONBUILD ENV D=canary
        # ENV E=canary
        CMD ["node", "dist/worker.js"]

        """).Should().Be("""
        # syntax=docker/dockerfile:1
        FROM node:22-slim AS build
        ARG NODE_VERSION=22
        ENV NODE_ENV=‹removed› DATABASE_URL=‹removed› B=‹removed› C=‹removed›
        RUN apt-get update && \
            apt-get install -y ffmpeg
        ENV OLD ‹removed›
        ONBUILD ENV D=‹removed›
        # ENV E=‹removed›
        CMD ["node", "dist/worker.js"]

        """);

    [Theory]
    [InlineData("ENV A=canary \\\n    B=canary\nUSER x", "ENV A=‹removed› B=‹removed›\nUSER x")]
    [InlineData("ENV A=canary \\\n# C=canary\n\n    B=canary\nUSER x", "ENV A=‹removed› B=‹removed›\nUSER x")]
    [InlineData("ENV A=\"canary \\\ncanary\"\nUSER x", "ENV A=‹removed›\nUSER x")]
    [InlineData("# ENV A=canary \\\n#  B=canary\nUSER x", "# ENV A=‹removed› B=‹removed›\nUSER x")]
    [InlineData("ENV A=canary `\r\n B=canary\r\nUSER x", "ENV A=‹removed› B=‹removed›\nUSER x")]
    [InlineData("  ENV\tA=canary", "ENV A=‹removed›")]
    [InlineData("ENV canary+secret", "ENV ‹removed›")]
    [InlineData("ENV", "ENV ")]
    public void WithoutValues_HoweverWritten_NoValueIsLeft(string text, string expected) => DockerfileText.WithoutValues($"FROM x\n{text}").Should().Be($"FROM x\n{expected}");

    [Theory]
    [InlineData("")]
    [InlineData("root:x:0:0:root:/root:/bin/bash\n")]
    [InlineData("# FROM x\nENV A=b")]
    [InlineData("FROM\n")]
    public void WithoutValues_NoDockerfile_IsNothing(string text) => DockerfileText.WithoutValues(text).Should().BeNull();
}
