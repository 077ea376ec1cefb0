using System.Text.Json;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The slices of the driver's operations in a trace of a machine, while operations of several processes and devices overlap.</summary>
public sealed class TraceSliceTests
{
    private const int Seeds = 10;

    private static readonly FixtureOptions TwoDevices = new() { Devices = 2 };

    [Fact]
    public void Slices_of_a_track_lie_inside_one_another()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            Slice[] slices = [.. Slices(Trace(seed))];

            // Each of two processes on two devices; an exit revokes the PASID on both.
            Assert.Equal(
                ["bind 4", "drain 4", "exit 2", "invalidate 2", "revoke 4", "unbind 4", "unmap 2"],
                slices.CountBy(slice => slice.Name).Select(count => $"{count.Key} {count.Value}").Order(StringComparer.Ordinal));
            Assert.All(slices.Where(slice => slice.Name == "drain"), slice => Assert.True(slice.Parent is { Name: "unbind" } unbind && unbind.Pasid == slice.Pasid && unbind.Device == slice.Device));
            Assert.All(slices.Where(slice => slice.Name == "invalidate"), slice => Assert.Equal("unmap", slice.Parent?.Name));
            Assert.All(slices, slice => Assert.True(slice.Start < slice.End && (slice.Parent is null || (slice.Parent.Start < slice.Start && slice.End < slice.Parent.End))));
            Assert.Equal(2, slices.Where(slice => slice.Pasid is not null).Select(slice => slice.Pasid).Distinct().Count());
        }
    }

    [Fact]
    public void Seed_determines_the_trace() => Assert.Equal(Trace(seed: 3), Trace(seed: 3));

    private static byte[] Trace(ulong seed)
    {
        IommuFixture fixture = new(seed, TwoDevices);
        using MemoryStream stream = new();
        using (ChromeTrace.Of(stream, fixture.Machine))
            fixture.Machine.Run(() => RunAsync(fixture));
        return stream.ToArray();
    }

    private static async Task RunAsync(IommuFixture fixture)
    {
        await fixture.StartAsync();
        await Task.WhenAll(RunAsync(fixture, "first"), RunAsync(fixture, "second"));
    }

    private static async Task RunAsync(IommuFixture fixture, string name)
    {
        TestProcess process = fixture.CreateProcess(name);
        List<SvaBond> bonds = await fixture.BindAllAsync(process);
        await process.FillAsync(fixture.Drivers[0], bonds[0], page: 0, pages: 2, pattern: 1);
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
        await process.Memory.ExitAsync();
        await Task.WhenAll(bonds.Select(bond => fixture.UnbindAllAsync([bond])));
    }

    /// <summary>Reads the slices of each track. Each end is that of the innermost slice.</summary>
    private static List<Slice> Slices(byte[] trace)
    {
        List<Slice> slices = [];
        Dictionary<int, Stack<Slice>> open = [];
        foreach (JsonElement item in JsonDocument.Parse(trace).RootElement.EnumerateArray())
        {
            string phase = item.GetProperty("ph").GetString()!;
            if (phase is not ("B" or "E"))
                continue;
            JsonElement args = item.GetProperty("args");
            Stack<Slice> track = open.GetValueOrDefault(item.GetProperty("tid").GetInt32()) ?? (open[item.GetProperty("tid").GetInt32()] = []);
            if (phase == "B")
            {
                Slice slice = new(item.GetProperty("name").GetString()!, track.TryPeek(out Slice? parent) ? parent : null, item.GetProperty("ts").GetDecimal());
                slices.Add(slice);
                track.Push(slice);
            }
            else
            {
                track.Peek().End = item.GetProperty("ts").GetDecimal();
                Assert.Equal(item.GetProperty("name").GetString(), track.Peek().Name);
            }

            track.Peek().Read(args);
            if (phase == "E")
                track.Pop();
        }

        Assert.All(open.Values, Assert.Empty);
        return slices;
    }

    private sealed class Slice(string name, Slice? parent, decimal start)
    {
        public string Name => name;

        public Slice? Parent => parent;

        public decimal Start => start;

        public decimal End { get; set; }

        public Pasid? Pasid { get; private set; }

        public string? Device { get; private set; }

        public void Read(JsonElement args)
        {
            if (args.TryGetProperty("ioasid.pasid", out JsonElement pasid))
                Pasid = new Pasid(pasid.GetUInt32());
            if (args.TryGetProperty("ioasid.device", out JsonElement device))
                Device = device.GetString();
        }
    }
}
