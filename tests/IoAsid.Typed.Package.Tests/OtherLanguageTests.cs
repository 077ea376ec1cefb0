namespace IoAsid.Typed.Package.Tests;

/// <summary>The SDK in F# and Visual Basic: types and stages of a migration work there, and no rule runs.</summary>
public sealed class OtherLanguageTests(OtherLanguageTests.Programs programs) : IClassFixture<OtherLanguageTests.Programs>
{
    [Theory]
    [InlineData("FSharp")]
    [InlineData("VisualBasic")]
    public async Task Typed_and_untyped_lookups_compile_without_a_warning_and_run(string language)
    {
        ConsumerBuild build = programs.Right(language);

        build.AssertSilent();
        Assert.Equal("process 42\ninvalid request\nprocess 42", await build.Consumer.RunAsync());
    }

    [Theory]
    [InlineData("FSharp", "FS0193")]
    [InlineData("VisualBasic", "BC30311")]
    public void Data_of_another_type_is_an_error_of_the_compiler(string language, string error) => AssertError(programs.Mistaken(language), "mistake", error);

    [Theory]
    [InlineData("FSharp", "FS0101")]
    [InlineData("VisualBasic", "BC30668")]
    public void Converged_makes_an_error_of_an_untyped_lookup(string language, string error) => AssertError(programs.Converged(language), "converged", error);

    private static void AssertError(ConsumerBuild build, string mark, string error)
    {
        string file = Directory.EnumerateFiles(build.Consumer.Root, "Program.*").Single();
        int line = File.ReadLines(file).Index().Single(line => line.Item.EndsWith(mark, StringComparison.Ordinal)).Index + 1;
        build.AssertReports([$"{Path.GetFileName(file)}({line}): error {error}"]);
    }

    /// <summary>One batch for all tests of the class.</summary>
    public sealed class Programs(PackedPackage package) : IAsyncLifetime
    {
        private static readonly string[] s_languages = ["FSharp", "VisualBasic"];
        private static readonly string[] s_properties = ["", "Mistakes=true", "IoAsidMigration=Converged"];

        private ConsumerBuild[] _builds = [];

        internal ConsumerBuild Right(string language) => At(language, 0);

        internal ConsumerBuild Mistaken(string language) => At(language, 1);

        internal ConsumerBuild Converged(string language) => At(language, 2);

        public async ValueTask InitializeAsync() =>
            _builds = await package.BuildAsync([.. s_languages.SelectMany(_ => s_properties, (language, properties) => (package.CopyConsumer(language), properties))]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private ConsumerBuild At(string language, int build) => _builds[(Array.IndexOf(s_languages, language) * s_properties.Length) + build];
    }
}
