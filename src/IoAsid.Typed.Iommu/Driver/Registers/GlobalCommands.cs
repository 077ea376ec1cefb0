using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The global command register: a command is the status with one bit changed, and it is done when the status says so (VT-d, Global
/// Command Register).
/// </summary>
internal sealed class GlobalCommands(string unit, UnitRegisters registers, IScheduler scheduler)
{
    // One-shot bits show in the status when they are done, and must not be written back.
    private static readonly ulong OneShot = new GlobalCommandRegister
    {
        SetRootTablePointer = true,
        SetFaultLog = true,
        SetInterruptRemappingTablePointer = true,
        WriteBufferFlush = true,
    }.Bits;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public ValueTask SetRootTableAsync() =>
        DoAsync(command => command with { SetRootTablePointer = true }, status => status.RootTablePointer);

    public ValueTask EnableInvalidationQueueAsync(bool enable) => DoAsync(
        command => command with { QueuedInvalidationEnable = enable }, status => status.QueuedInvalidationEnable == enable);

    public ValueTask EnableTranslationAsync(bool enable) => DoAsync(
        command => command with { TranslationEnable = enable }, status => status.TranslationEnable == enable);

    public ValueTask DisableAdvancedFaultLogAsync() =>
        DoAsync(command => command with { EnableAdvancedFaultLogging = false }, status => !status.AdvancedFaultLogging);

    public ValueTask DisableInterruptRemappingAsync() =>
        DoAsync(command => command with { InterruptRemappingEnable = false }, status => !status.InterruptRemappingEnable);

    public ValueTask DisableProtectedMemoryAsync()
    {
        registers.Write(RegisterOffsets.ProtectedMemoryEnable, default(ProtectedMemoryEnableRegister));
        return WaitAsync(() => !registers.Read<ProtectedMemoryEnableRegister>(RegisterOffsets.ProtectedMemoryEnable).RegionStatus);
    }

    private async ValueTask DoAsync(
        Func<GlobalCommandRegister, GlobalCommandRegister> change, Func<GlobalStatusRegister, bool> isDone)
    {
        GlobalStatusRegister status = registers.Read<GlobalStatusRegister>(RegisterOffsets.GlobalStatus);
        GlobalCommandRegister current = new(status.Bits.Value & ~OneShot);
        registers.Write(RegisterOffsets.GlobalCommand, change(current));
        await WaitAsync(() => isDone(registers.Read<GlobalStatusRegister>(RegisterOffsets.GlobalStatus)));
    }

    private async ValueTask WaitAsync(Func<bool> isDone)
    {
        if (!await scheduler.WaitUntil(isDone, Patience))
            throw new IommuException(IommuError.DeviceGone, $"The unit {unit} did not carry out a global command within {Patience.TotalSeconds} s.");
    }
}
