namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>What is left of a Compose file without the values of variables.</summary>
public sealed class ComposeTextTests
{
    [Fact]
    public void Read_WholeFile_KeepsEverythingButValuesAndComments()
    {
        var compose = ComposeText.Read("""
            # DATABASE_URL was postgres://worker:canary@db/jobs
            x-env: &env
              SHARED: canary
            services:
              worker:
                image: cliply-worker:2.4.1
                build: ./apps/worker
                mem_limit: 2g
                command: ["node", "dist/worker.js"]
                env_file: [.env]
                environment:
                  <<: *env
                  DATABASE_URL: postgres://worker:canary@db/jobs
                  # OLD: canary
                  LONG: |
                    canary
                    canary
                  NUMBER: 4711
                  FROM_HOST: ${FROM_HOST}
                  WITH_DEFAULT: ${WITH_DEFAULT:-canary}
              cron:
                build:
                  context: .
                  dockerfile: cron.Dockerfile
                environment:
                  - A=canary
                  - B
                  - C=$C
                  - "canary canary"
              environment-sync: { image: sync }
              web: { image: web, environment: { A: canary, "B": 'canary' } }
            secrets:
              token:
                environment: TOKEN

            """)!;

        compose.Text.Should().Be("""
            x-env: &env
              SHARED: ‹removed›
            services:
              worker:
                image: cliply-worker:2.4.1
                build: ./apps/worker
                mem_limit: 2g
                command: ["node", "dist/worker.js"]
                env_file: [.env]
                environment:
                  <<: *env
                  DATABASE_URL: ‹removed›
                  LONG: ‹removed›
                  NUMBER: ‹removed›
                  FROM_HOST: ${FROM_HOST}
                  WITH_DEFAULT: ‹removed›
              cron:
                build:
                  context: .
                  dockerfile: cron.Dockerfile
                environment:
                - A=‹removed›
                - B
                - C=$C
                - ‹removed›
              environment-sync: {image: sync}
              web: {image: web, environment: {A: ‹removed›, "B": ‹removed›}}
            secrets:
              token:
                environment: ‹removed›

            """);
        compose.Builds.Should().BeEquivalentTo(new Dictionary<string, (string, string)> { ["worker"] = ("./apps/worker", "Dockerfile"), ["cron"] = (".", "cron.Dockerfile") });
    }

    [Theory]
    [InlineData("services: { a: { environment: &e { A: canary } }, b: { environment: *e } }")]
    [InlineData("x: &v canary\nservices:\n  a:\n    environment:\n      A: *v\n")]
    [InlineData("x: &v [A=canary]\nservices:\n  a:\n    environment: *v\n")]
    [InlineData("x: &v {A: canary}\ny: &w {<<: *v, B: canary}\nservices:\n  a:\n    environment:\n      <<: [*v, *w]\n")]
    [InlineData("services:\n  a:\n    \"environment\": {A: canary}\n")]
    [InlineData("services:\n  a:\n    Environment: {A: canary}\n")]
    [InlineData("services:\n  a:\n    environment: !reset\n      A: !!str canary\n")]
    [InlineData("x-shared-env: {A: canary}\nservices: {}\n")]
    [InlineData("services:\n  a: {}\n---\nservices:\n  b:\n    environment: [A=canary]\n")]
    [InlineData("{\"services\":{\"a\":{\"environment\":{\"A\":\"canary\"}}}}")]
    [InlineData("services:\n  a:\n    environment:\n      A: >-\n        canary\n        canary\n")]
    [InlineData("services:\n  a:\n    environment:\n      A: canary\n        canary\n")]
    public void Read_HoweverWritten_NoValueIsLeft(string text)
    {
        var compose = ComposeText.Read(text);

        compose!.Text.Should().NotContain("canary").And.Contain("‹removed›");
        ComposeText.Read(compose.Text)!.Text.Should().Be(compose.Text, "what was written can be read again");
    }

    [Theory]
    [InlineData("")]
    [InlineData("root:x:0:0:root:/root:/bin/bash\n")]
    [InlineData("apiVersion: v1\nkind: Config\nusers: []\n")]
    [InlineData("services: []")]
    [InlineData("services:\n  a:\n\tenvironment: canary")]
    [InlineData("services: {a: 1, a: 2}")]
    [InlineData("services: {? [a] : 1}")]
    [InlineData("services: {a: *none}")]
    [InlineData("services: {a")]
    public void Read_NoComposeFile_IsNothing(string text) => ComposeText.Read(text).Should().BeNull();

    [Fact]
    public void Read_Hostile_EndsSoon()
    {
        ComposeText.Read("services: " + new string('[', 200_000)).Should().BeNull();
        ComposeText.Read("services: &a {b: *a}")!.Text.Should().Be("services: &a {b: *a}\n");
        ComposeText.Read("services: {a: {environment: &a [*a, B=canary]}}")!.Text.Should().Be("services: {a: {environment: &a [*a, B=‹removed›]}}\n");
        var bomb = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"));
        ComposeText.Read($"{bomb}services:\n  a:\n    environment: *a40\n")!.Text.Length.Should().BeLessThan(5_000);
    }
}
