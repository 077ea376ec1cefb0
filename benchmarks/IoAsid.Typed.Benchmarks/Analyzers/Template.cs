using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary>
/// A kind of file of the generated code base: a head and members. Each file has the head and a random selection of the members, with random names and numbers.
/// </summary>
/// <remarks>
/// A line <c>//+</c> begins a member. A file can contain a member whose name contains <c>__M__</c> more than once. Random numbers replace <c>__N1__</c> to
/// <c>__N3__</c>, <c>__X1__</c> and <c>__X2__</c>.
/// </remarks>
internal sealed class Template
{
    private const int Seed = 2019;
    private const int FewestMembers = 7;
    private const int MostMembers = 15;
    private const string Separator = "//+\n";

    private static readonly string[] Makers = ["Arbor", "Brook", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Heath", "Inlet", "Junco"];
    private static readonly string[] Kinds = ["Accelerator", "Copier", "Nic", "Gpu", "Queue", "Bridge", "Switch", "Codec", "Store", "Tuner"];
    private static readonly string[] Whats = ["Next", "First", "Local", "Remote", "Shared", "Idle", "Urgent", "Plain", "Nested", "Late"];

    private readonly string _head;
    private readonly string[] _members;

    private Template(string name)
    {
        string[] parts = Resource.Read($"Templates/{name}.cs").ReplaceLineEndings("\n").Split(Separator);
        _head = parts[0];
        _members = [.. parts.Skip(1).Select((part, index) => index == parts.Length - 2 ? part[..part.LastIndexOf('}')] : part)];
    }

    /// <summary>The source of the types that all files with the SDK use.</summary>
    public static string SharedTypes => Resource.Read("Templates/SharedTypes.cs");

    public static ImmutableArray<Template> WithoutSdk { get; } =
        [.. new[] { "RegisterFile", "Ring", "Walker", "Settings", "Scheduler" }.Select(name => new Template(name))];

    public static ImmutableArray<Template> All { get; } =
    [
        .. WithoutSdk,
        .. WithoutSdk,
        .. new[] { "PageRequestHandler", "PasidPool", "Container", "SvaService", "LegacyTable" }.Select(name => new Template(name)),
    ];

    /// <summary>Creates files from the templates in turn, until they have the given number of lines in total.</summary>
    public static IEnumerable<string> Instantiate(ImmutableArray<Template> templates, int lines)
    {
        Random random = new(Seed);
        for (int file = 0; lines > 0; file++)
        {
            string source = templates[file % templates.Length].Instantiate(random, file);
            lines -= source.Count(character => character == '\n');
            yield return source;
        }
    }

    /// <summary>Creates a file from the template of page request handlers, with at least the given number of lines.</summary>
    public static string LongFile(int lines)
    {
        Template template = new("PageRequestHandler");
        Random random = new(Seed);
        string[] repeatable = [.. template._members.Where(member => member.Contains("__M__", StringComparison.Ordinal))];
        StringBuilder source = new(Fill(template._head, random, member: ""));
        int written = source.ToString().Count(character => character == '\n');
        foreach (string member in template._members.Except(repeatable, StringComparer.Ordinal))
            source.Append('\n').Append(Fill(member, random, member: ""));

        for (int count = 0; written < lines; count++)
        {
            string member = Fill(repeatable[count % repeatable.Length], random, $"Long{count}");
            source.Append('\n').Append(member);
            written += member.Count(character => character == '\n') + 1;
        }

        return source.Append("}\n").Replace("__Device__", "Long").Replace("__File__", "LongFile").ToString();
    }

    private string Instantiate(Random random, int file)
    {
        string device = $"{Pick(Makers, random)}{Pick(Kinds, random)}";
        StringBuilder source = new(Fill(_head, random, member: ""));
        List<string> left = [.. _members];
        for (int count = random.Next(FewestMembers, MostMembers); count > 0 && left.Count > 0; count--)
        {
            string member = Pick(left, random);
            source.Append('\n').Append(Fill(member, random, $"{Pick(Whats, random)}{count}"));
            if (!member.Contains("__M__", StringComparison.Ordinal))
                left.Remove(member);
        }

        return source.Append("}\n").Replace("__Device__", device).Replace("__File__", $"{device}{file}").ToString();
    }

    private static string Fill(string text, Random random, string member) => text
        .Replace("__M__", member, StringComparison.Ordinal)
        .Replace("__L__", "Local", StringComparison.Ordinal)
        .Replace("__N1__", Number(random, 3, 20), StringComparison.Ordinal)
        .Replace("__N2__", Number(random, 21, 99), StringComparison.Ordinal)
        .Replace("__N3__", Number(random, 100, 999), StringComparison.Ordinal)
        .Replace("__X1__", Number(random, 1000, 9999), StringComparison.Ordinal)
        .Replace("__X2__", Number(random, 10000, 99999), StringComparison.Ordinal);

    private static string Number(Random random, int min, int max) => random.Next(min, max).ToString(CultureInfo.InvariantCulture);

    private static T Pick<T>(IReadOnlyList<T> from, Random random) => from[random.Next(from.Count)];
}
