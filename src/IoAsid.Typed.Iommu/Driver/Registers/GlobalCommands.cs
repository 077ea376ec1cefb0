using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The commands of the global command register. A command is the present status with one bit changed. It is complete when the status register shows the change
/// (VT-d 11.4.4).
/// </summary>
internal sealed class GlobalCommands(string unit, DriverRegisters registers, IScheduler scheduler)
{
    // The status shows one-shot bits after their command, and they must not be written back.
    private static readonly ulong OneShot = new GlobalCommandRegister
    {
        SetRootTablePointer = true,
        SetFaultLog = true,
        SetInterruptRemappingTablePointer = true,
        WriteBufferFlush = true,
    }.Bits;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public ValueTask SetRootTableAsync() =>
        RunAsync(command => command with { SetRootTablePointer = true }, status => status.RootTablePointer);

    public ValueTask EnableInvalidationQueueAsync(bool enable) => RunAsync(
        command => command with { QueuedInvalidationEnable = enable }, status => status.QueuedInvalidationEnable == enable);

    public ValueTask EnableTranslationAsync(bool enable) => RunAsync(
        command => command with { TranslationEnable = enable }, status => status.TranslationEnable == enable);

    public ValueTask DisableAdvancedFaultLogAsync() =>
        RunAsync(command => command with { EnableAdvancedFaultLogging = false }, status => !status.AdvancedFaultLogging);

    public ValueTask DisableInterruptRemappingAsync() =>
        RunAsync(command => command with { InterruptRemappingEnable = false }, status => !status.InterruptRemappingEnable);

    public ValueTask DisableProtectedMemoryAsync()
    {
        registers.Write(RegisterOffsets.ProtectedMemoryEnable, default(ProtectedMemoryEnableRegister));
        return WaitAsync(() => !registers.Read<ProtectedMemoryEnableRegister>(RegisterOffsets.ProtectedMemoryEnable).RegionStatus);
    }

    private async ValueTask RunAsync(
        Func<GlobalCommandRegister, GlobalCommandRegister> change, Func<GlobalStatusRegister, bool> isDone)
    {
        GlobalStatusRegister status = registers.Read<GlobalStatusRegister>(RegisterOffsets.GlobalStatus);
        GlobalCommandRegister current = new(status.Bits.Value & ~OneShot);
        registers.Write(RegisterOffsets.GlobalCommand, change(current));
        await WaitAsync(() => isDone(registers.Read<GlobalStatusRegister>(RegisterOffsets.GlobalStatus)));
    }

    private async ValueTask WaitAsync(Func<bool> isDone)
    {
        if (!await scheduler.WaitUntil(isDone, Timeout))
            throw new IommuException(IommuError.DeviceGone, $"The unit {unit} did not complete a global command within {Timeout.TotalSeconds} s.");
    }
}
