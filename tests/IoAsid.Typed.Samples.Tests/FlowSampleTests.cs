using System.Text.RegularExpressions;

namespace IoAsid.Typed.Samples.Tests;

/// <summary>The samples on the operating system's side, which run on an emulated machine under a seed.</summary>
public sealed partial class FlowSampleTests
{
    private const int Lines = 40;
    private const int Columns = 140;

    private static readonly Dictionary<string, Action<TextWriter, ulong>> Plays = new()
    {
        ["AuxiliaryDomains"] = AuxiliaryDomains.Program.Play,
        ["EduDriver"] = EduDriver.Program.Play,
        ["PageRequestHandler"] = PageRequestHandler.Program.Play,
        ["SvaDriver"] = (output, seed) => SvaDriver.Program.Play(output, seed, trace: null),
        ["UserPageRequests"] = UserPageRequests.Program.Play,
        ["VfioGuest"] = VfioGuest.Program.Play,
    };

    public static TheoryData<string> Names => [.. Plays.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Output_is_that_of_the_page(string sample)
    {
        string output = Play(sample, seed: 1);

        ExpectedOutput.Equal(sample, output);
        Assert.Equal(output.TrimEnd('\n'), Assert.Single(new MarkdownPage($"docs/samples/{sample}.md").Blocks("console")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Output_fits_a_terminal(string sample)
    {
        string[] lines = Play(sample, seed: 1).Split('\n');

        Assert.True(lines.Length < Lines, $"{lines.Length} lines");
        Assert.All(lines, line => Assert.True(line.Length <= Columns, line));
    }

    [Fact]
    public void Guests_have_other_numbers_than_the_host()
    {
        Match[] translations = Translations().Matches(Play("VfioGuest", seed: 1)).ToArray();

        Assert.Equal(2, translations.Length);
        Assert.All(translations, translation => Assert.NotEqual(translation.Groups["guest"].Value, translation.Groups["host"].Value));
    }

    // Times and the numbers of attempts depend on the seed.
    [Theory]
    [MemberData(nameof(Names))]
    public void Output_differs_between_seeds_in_times_and_order_only(string sample)
    {
        string[] story = Story(Play(sample, seed: 1));

        for (ulong seed = 0; seed < 20; seed++)
            Assert.Equal(story, Story(Play(sample, seed)));
    }

    private static string Play(string sample, ulong seed)
    {
        using StringWriter output = new();
        Plays[sample](output, seed);
        return output.ToString().ReplaceLineEndings("\n");
    }

    // The processor reports a fault in a step of its own, before or after the line about the request.
    private static string[] Story(string output) => [.. output.Split('\n').Skip(1).Select(WithoutNumbers).Order(StringComparer.Ordinal)];

    private static string WithoutNumbers(string line) =>
        string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => double.TryParse(word.TrimEnd(',', ';'), out _) ? "N" : word));

    [GeneratedRegex("its PASID (?<guest>[0-9]+) is the host's (?<host>[0-9]+);", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Translations();
}
