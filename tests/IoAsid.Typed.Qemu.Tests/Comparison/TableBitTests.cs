namespace IoAsid.Typed.Qemu.Tests;

/// <summary>Tables with changed bits, without a driver, on QEMU's unit and on the emulated one.</summary>
[Trait("needs", "QEMU")]
public sealed class TableBitTests
{
    private const string Scalable = "scalable-mode=on,aw-bits=48";
    private const int Samples = 200;

    /// <summary>The options of QEMU's intel-iommu, and the kind of tables.</summary>
    public static TheoryData<string, string> Cases => new()
    {
        { "aw-bits=48", nameof(TableKind.Legacy) },
        { "aw-bits=39", nameof(TableKind.Legacy) },
        { "aw-bits=48", nameof(TableKind.LegacyPassThrough) },
        { Scalable, nameof(TableKind.SecondStage) },
        { "scalable-mode=on,aw-bits=39", nameof(TableKind.SecondStage) },
        { $"{Scalable},snoop-control=on,device-iotlb=on", nameof(TableKind.SecondStage) },
        { Scalable, nameof(TableKind.PassThrough) },
        { $"{Scalable},fsts=on", nameof(TableKind.FirstStage) },
        { $"{Scalable},fsts=on,fs1gp=on", nameof(TableKind.FirstStage) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_bit_of_each_table_means_the_same_to_both_units(string unit, string kind)
    {
        using Pair pair = new(unit, Enum.Parse<TableKind>(kind));
        List<string> unexplained = [.. pair.Differences([])];
        for (int word = 0; word < pair.Words; word++)
        {
            for (int bit = 0; bit < 64; bit++)
                unexplained.AddRange(pair.Differences([new BitChange(word, bit)]));
        }

        AssertNone(unexplained);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Random_bits_of_tables_mean_the_same_to_both_units(string unit, string kind)
    {
        using Pair pair = new(unit, Enum.Parse<TableKind>(kind));
        SeededNumbers numbers = new((ulong)unit.Length + (ulong)Enum.Parse<TableKind>(kind));
        List<string> unexplained = [];
        for (int sample = 0; sample < Samples; sample++)
            unexplained.AddRange(pair.Differences([.. Enumerable.Range(0, 2 + numbers.Below(3)).Select(_ => new BitChange(numbers.Below(pair.Words), numbers.Below(64)))]));

        AssertNone(unexplained);
    }

    private static void AssertNone(List<string> unexplained) =>
        Assert.True(unexplained.Count == 0, string.Join(Environment.NewLine, [$"{unexplained.Count} lines differ:", .. unexplained.Take(40)]));

    /// <summary>The same tables on both units.</summary>
    private sealed class Pair(string unit, TableKind kind) : IDisposable
    {
        private readonly QemuMachine _qemu = new(unit);

        public int Words => Theirs.Words.Count;

        private TableCase Theirs => field ??= TablesOf(_qemu);

        /// <summary>Returns the lines in which the units differ without a known reason.</summary>
        public IEnumerable<string> Differences(BitChange[] changes)
        {
            using EmulatedTestMachine emulated = new(_qemu);
            IReadOnlyList<string> there = new TableRun(_qemu, Theirs).Run(changes);
            IReadOnlyList<string> here = new TableRun(emulated, TablesOf(emulated)).Run(changes);
            Assert.Equal(there.Count, here.Count);
            return there.Zip(here)
                .Where(pair => pair.First != pair.Second && !KnownDifference.All.Any(known => known.Explains(pair.First, pair.Second)))
                .Select(pair => $"QEMU: {pair.First} | emulated: {pair.Second}");
        }

        public void Dispose() => _qemu.Dispose();

        private TableCase TablesOf(ITestMachine machine) => new(kind, machine, machine.Probes[0].Function.RequesterId);
    }
}
