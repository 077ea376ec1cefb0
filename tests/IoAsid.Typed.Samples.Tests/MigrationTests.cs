namespace IoAsid.Typed.Samples.Tests;

public sealed class MigrationTests
{
    [Fact]
    public void The_driver_behaves_in_each_stage_as_its_page_says()
    {
        using StringWriter output = new();

        global::Migration.Program.Play(output);

        ExpectedOutput.Equal("Migration", output.ToString());
    }

    [Fact]
    public void The_page_shows_what_the_sample_prints() =>
        Assert.All(
            new MarkdownPage("samples/Migration/README.md").Blocks("console"),
            block => Assert.Contains(block, ExpectedOutput.Read("Migration"), StringComparison.Ordinal));
}
