using CsCheck;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>Random operations on QEMU's unit and on the emulated unit, compared with one model.</summary>
[Trait("needs", "QEMU")]
public sealed class RandomTests
{
    private static readonly Gen<Operation> s_operation = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 1], Gen.Int[0, 1], Gen.Frequency((4, Gen.Int[0, 12]), (1, Gen.Int[0, 1023])), Gen.Int[0, 30],
        (kind, domain, probe, page, size) => new Operation(KindOf(kind), domain, probe, page, size));

    /// <summary>The units that run random operations, one for each kind of tables.</summary>
    public static TheoryData<string> Units =>
    [
        "scalable-mode=on,aw-bits=48",
        "scalable-mode=on,aw-bits=48,caching-mode=on",
        "scalable-mode=on,aw-bits=48,fsts=on",
    ];

    [Theory]
    [MemberData(nameof(Units))]
    public void Both_units_do_what_the_model_says(string unit)
    {
        using QemuMachine qemu = new(unit);
        s_operation.Array[1, 60].Sample(
            operations =>
            {
                using EmulatedTestMachine emulated = new(qemu);
                string? difference = Run(qemu, operations);
                Assert.True(difference is null, $"QEMU: {difference}");
                difference = Run(emulated, operations);
                Assert.True(difference is null, $"emulated: {difference}");
            },
            iter: 12,
            threads: 1,
            print: operations => string.Join("," + Environment.NewLine, operations));
    }

    /// <summary>Returns the operations of a seed. They are the same on each machine.</summary>
    internal static Operation[] Operations(int seed, int count)
    {
        SeededNumbers numbers = new((ulong)seed);
        return [.. Enumerable.Range(0, count).Select(_ => new Operation(KindOf(numbers.Below(10)), numbers.Below(2), numbers.Below(2), numbers.Below(12), numbers.Below(30)))];
    }

    private static string? Run(ITestMachine machine, Operation[] operations)
    {
        string? difference = null;
        machine.Run(async () => difference = await RandomRun.RunAsync(machine, operations));
        return difference;
    }

    private static OperationKind KindOf(int number) => number switch
    {
        < 2 => OperationKind.Map,
        2 => OperationKind.Unmap,
        3 or 4 => OperationKind.Attach,
        < 8 => OperationKind.Write,
        _ => OperationKind.Retire,
    };
}
