using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Iommu;

namespace IoAsid.Typed.Benchmarks.Iommu;

/// <summary>The bind of a process to a device and the unbind, which includes the drain. The row has no goal.</summary>
internal static class BindRatios
{
    public static void Measure(RatioTable table)
    {
        SvaMachine machine = new();
        ProcessAddressSpace process = machine.Subsystem.CreateProcess("bench");
        IoAsidSet<NativeSvaBinding> set = machine.Subsystem.SvaSet.CreateSubset<NativeSvaBinding>("bench");
        Sample[] times = Interleaved.Nanoseconds(
            count => machine.Machine.Run(() => BindAsync(machine, process, count)),
            count =>
            {
                for (int i = 0; i < count; i++)
                    set.Allocate().Free();
            });
        table.Add(new("bind and unbind, with drain", "", times[0], "allocate and free an id", times[1], Goal: null));
    }

    private static async Task BindAsync(SvaMachine machine, ProcessAddressSpace process, int count)
    {
        for (int i = 0; i < count; i++)
        {
            SvaBond bond = await machine.Subsystem.BindAsync(machine.Device, process);
            await bond.DisposeAsync();
        }
    }
}
