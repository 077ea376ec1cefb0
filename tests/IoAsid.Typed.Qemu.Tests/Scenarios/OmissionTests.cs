namespace IoAsid.Typed.Qemu.Tests;

/// <summary>Tests of the invalidations that QEMU's unit misses when the driver leaves them out.</summary>
[Trait("needs", "QEMU")]
public sealed class OmissionTests
{
    private const int Runs = 6;

    /// <summary>The variable that names the file to which the list of omissions is written.</summary>
    private const string Variable = "IOASID_OMISSIONS";

    /// <summary>
    /// Each omission with its unit, and whether the unit shows it. QEMU reads the PASID entry for each walk, and flushes its caches when the root table is set. The driver
    /// takes a context entry away only together with the PASID entries behind it, so a stale context entry leads to an absent PASID entry. The
    /// driver sends no fence, no invalidation of a device TLB and no flush of write buffers here: QEMU's devices have no device TLB, and its unit does not have CAP.RWBF.
    /// </summary>
    public static TheoryData<string, string, bool> Expected => new()
    {
        { "scalable-mode=on,aw-bits=48", "context cache, one device", false },
        { "scalable-mode=on,aw-bits=48", "PASID cache, one PASID", false },
        { "scalable-mode=on,aw-bits=48", "IOTLB, one domain", true },
        { "scalable-mode=on,aw-bits=48", "IOTLB, pages of a domain", true },
        { "scalable-mode=on,aw-bits=48", "everything at the start", false },
        { "scalable-mode=on,aw-bits=48,fsts=on", "PASID cache, one PASID", false },
        { "scalable-mode=on,aw-bits=48,fsts=on", "IOTLB, one PASID", true },
        { "scalable-mode=on,aw-bits=48,fsts=on", "IOTLB, pages of a PASID", true },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void QEMU_misses_an_invalidation_that_is_left_out(string unit, string omitted, bool isShown)
    {
        Omission omission = Omission.All.Single(one => one.Name == omitted);
        using QemuMachine qemu = new(unit);
        int count = 0;
        string? difference = null;
        for (int seed = 0; seed < Runs && difference is null; seed++)
        {
            OmittingPlatform platform = new(qemu, omission);
            qemu.Run(async () => difference = await RandomRun.RunAsync(qemu, RandomTests.Operations(seed, 80), platform));
            count += platform.Omitted;
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } list)
            File.AppendAllLines(list, [$"{unit}: {omitted}, left out {count} times: {difference ?? "nothing shows"}"]);
        Assert.True(count > 0, "The driver sends none.");
        Assert.Equal(isShown, difference is not null);
    }
}
