using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The PASIDs of an operating system that runs as a guest itself: the hypervisor gives them, by the virtual commands of a unit (VT-d VCMD and VCRSP, Linux 5.8 to 6.3). The
/// space keeps track of them all the same.
/// </summary>
/// <remarks>Calls do not await: each access to a register lets the hypervisor work.</remarks>
internal sealed class VirtualCommandAllocator(string unit, UnitRegisters registers, object numberSpace) : IoAsidNumberAllocator
{
    /// <summary>How often the response is read before the hypervisor is given up.</summary>
    public const int MaximumReads = 100_000;

    private const ulong PasidMask = Pasid.Count - 1;

    /// <summary>The same for all units of a machine: the hypervisor has one space of numbers.</summary>
    public override object NumberSpace => numberSpace;

    /// <summary>Asks for a PASID. The hypervisor chooses it: one outside the range asked for goes back at once.</summary>
    /// <returns>Null if the hypervisor has none.</returns>
    /// <exception cref="IommuException">The command failed otherwise.</exception>
    public override uint? Allocate(uint min, uint max)
    {
        VirtualCommandResponseRegister response = Run(new VirtualCommandRegister { Command = VirtualCommand.AllocatePasid });
        if (response.Status == VirtualCommandStatus.PasidUnavailable)
            return null;
        RequireSuccess(response, "give a PASID");
        uint number = (uint)(response.Result & PasidMask);
        if (number >= min && number <= max)
            return number;
        Free(number);
        return null;
    }

    /// <summary>Gives a PASID back.</summary>
    /// <exception cref="IommuException">The hypervisor did not take it: it is not used again.</exception>
    public override void Free(uint number) => RequireSuccess(
        Run(new VirtualCommandRegister { Command = VirtualCommand.FreePasid, Operand = number }), $"take PASID {number} back");

    private VirtualCommandResponseRegister Run(VirtualCommandRegister command)
    {
        // A command that is written while another is in progress is lost.
        Poll();
        registers.Write(RegisterOffsets.VirtualCommand, command);
        return Poll();
    }

    private VirtualCommandResponseRegister Poll()
    {
        for (int read = 0; read < MaximumReads; read++)
        {
            VirtualCommandResponseRegister response = registers.Read<VirtualCommandResponseRegister>(RegisterOffsets.VirtualCommandResponse);
            if (!response.InProgress)
                return response;
        }

        throw new IommuException(IommuError.DeviceGone, $"The hypervisor behind {unit} has not answered a virtual command in {MaximumReads} reads.");
    }

    private void RequireSuccess(VirtualCommandResponseRegister response, string what)
    {
        if (response.Status != VirtualCommandStatus.Success)
            throw new IommuException(IommuError.NotPermitted, $"The hypervisor behind {unit} did not {what}: {response.Status} (status {(int)response.Status}).");
    }
}
