namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The effects on QEMU's unit if the driver omits invalidations.</summary>
[Trait("needs", "QEMU")]
public sealed class OmissionTests
{
    private const int Runs = 6;

    /// <summary>The environment variable with the file to which the list of omissions is written.</summary>
    private const string Variable = "IOASID_OMISSIONS";

    /// <summary>
    /// The options of the unit, the omission, and true if the unit then differs from the model. QEMU reads the PASID entry for each walk, and flushes its caches when
    /// the root table is set. The driver removes a context entry only together with the PASID entries behind it, so a stale context entry leads to an absent PASID
    /// entry. The driver sends no fence here. It invalidates no device TLB and flushes no write buffers, because QEMU's devices have no device TLB and its unit has no
    /// CAP.RWBF.
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
        Assert.True(count > 0, "The driver sends no descriptor of this kind.");
        Assert.Equal(isShown, difference is not null);
    }
}
