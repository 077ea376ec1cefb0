namespace IoAsid.Typed.Hardware;

/// <summary>
/// An address range of a function to which a processor writes commands of 64 bytes, each in one transaction. Bits 19:0 of a command are its PASID, and bit 31
/// is its privilege (Intel MOVDIR64B, ENQCMD and ENQCMDS).
/// </summary>
public interface ICommandPortal
{
    /// <summary>
    /// Posts a command with the PASID that it contains (MOVDIR64B). The function sends no response, so the sender must know that the queue has a free entry.
    /// </summary>
    /// <param name="command">The 64 bytes of the command.</param>
    /// <exception cref="ArgumentException">The command does not have 64 bytes.</exception>
    void Post(ReadOnlySpan<byte> command);

    /// <summary>Tries to send a command, and waits for the response (ENQCMD, ENQCMDS). Senders that do not coordinate can share the portal.</summary>
    /// <param name="command">The 64 bytes of the command. Its PASID and privilege are replaced.</param>
    /// <param name="pasid">The PASID in the sender's IA32_PASID. The operating system sets it, and the sender cannot choose it.</param>
    /// <param name="privileged">True if the sender is privileged (ENQCMDS).</param>
    /// <returns>true if the function accepted the command; false if the sender must try again (the retry status).</returns>
    /// <exception cref="ArgumentException">The command does not have 64 bytes.</exception>
    bool TryEnqueue(ReadOnlySpan<byte> command, Pasid pasid, bool privileged = false);
}
