using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The command register of a DMA engine, which drains or aborts a PASID.</summary>
internal sealed class PasidCommand(EmulatedDmaEngine engine)
{
    private DmaEngineCommand _command;

    /// <summary>The last accepted command.</summary>
    public DmaEngineCommand Last => _command;

    public bool IsActive { get; private set; }

    /// <summary>Gets a value indicating whether the last command was refused.</summary>
    public bool IsRefused { get; private set; }

    public DmaEngineCommandStatus Status => new() { IsActive = IsActive, IsRefused = IsRefused };

    /// <summary>Returns true if a command for a PASID is active. Shared queues then accept no descriptor with the PASID.</summary>
    public bool IsActiveFor(Pasid pasid) => IsActive && _command.Pasid == pasid;

    /// <summary>Returns true if the active command aborts an item.</summary>
    public bool IsAborting(in WorkItem item) => IsAborting(_command.Pasid) && item.Uses(_command.Pasid);

    /// <summary>Returns true if the active command aborts a PASID.</summary>
    public bool IsAborting(Pasid pasid) => IsActiveFor(pasid) && _command.Code == DmaEngineCommandCode.AbortPasid;

    public void Begin(DmaEngineCommand command)
    {
        IsRefused = IsActive || !Enum.IsDefined(command.Code);
        if (IsRefused || command.Code == DmaEngineCommandCode.None)
            return;
        _command = command;
        IsActive = true;
        if (command.Code == DmaEngineCommandCode.AbortPasid)
            engine.AbandonWaits(command.Pasid);
        Finish(command.Pasid, engine.Accepted, engine.Resets);
    }

    public void Reset()
    {
        _command = default;
        IsActive = false;
        IsRefused = false;
    }

    private async void Finish(Pasid pasid, long before, int resets)
    {
        while (engine.HasWorkFor(pasid, before))
        {
            await engine.Changed.WaitAsync().ConfigureAwait(false);
            if (engine.Resets != resets)
                return;
        }

        engine.Stop(pasid);
        IsActive = false;
    }
}
